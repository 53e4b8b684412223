using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Views;
using Sync.Metad.Watching;

namespace Sync.Metad;

/// <summary>What the program counts: in Prometheus's text form, and as instruments of the meter <c>Sync.Metad</c>.</summary>
internal sealed class MetadMetrics : IDisposable
{
    /// <summary>The meter that an OpenTelemetry exporter reads.</summary>
    public const string MeterName = "Sync.Metad";

    // The statuses that the program answers with; any other is counted under 0.
    private static readonly int[] Statuses =
        [200, 301, 304, 400, 401, 403, 404, 405, 412, 413, 415, 421, 429, 431, 500, 503, 0];

    // Upper bounds in seconds; a request that waited is not timed.
    private static readonly double[] Bounds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];

    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _duration;
    private readonly long[][] _byRoute = [.. Enum.GetValues<MetricRoute>().Select(_ => new long[Statuses.Length])];
    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private long _timedTicks;
    private long _streams;
    private long _reloads;
    private long _unreadableRules;
    private long _settingsTaken;
    private long _settingsRefused;
    private long _bytesSent;

    /// <summary>Creates the instruments.</summary>
    public MetadMetrics()
    {
        _duration = _meter.CreateHistogram<double>("metad.request.duration", "s", "Time from request to answer, waits apart.");
        _meter.CreateObservableCounter("metad.requests", Requests, "{request}", "Requests by route and status.");
        _meter.CreateObservableCounter("metad.reloads", () => Volatile.Read(ref _reloads), "{reload}", "Times that all keys were read anew.");
        _meter.CreateObservableCounter("metad.unreadable_rules", () => Volatile.Read(ref _unreadableRules), "{list}", "Stored rule lists that could not be read.");
        _meter.CreateObservableCounter("metad.sent", () => Volatile.Read(ref _bytesSent), "By", "Bytes of bodies sent.");
    }

    /// <summary>Shows the state of now as gauges too.</summary>
    /// <param name="feed">Where the state is.</param>
    /// <param name="room">Who waits.</param>
    /// <param name="time">The clock.</param>
    public void Observe(SnapshotFeed feed, WaitingRoom room, TimeProvider time)
    {
        _meter.CreateObservableGauge("metad.waiters", () => room.Count, "{request}", "Requests that wait for a change.");
        _meter.CreateObservableGauge("metad.revision", () => feed.Current.Snapshot.Revision, "", "Revision that answers come from.");
        _meter.CreateObservableGauge("metad.stale", () => StaleSeconds(feed.Current, time.GetUtcNow()), "s", "Time since the backend was last followed.");
    }

    /// <summary>A request was answered.</summary>
    /// <param name="route">What it was for.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="startedAt">The <see cref="Stopwatch"/> time of its start; null when it waited.</param>
    /// <param name="bodyBytes">The length of the body.</param>
    public void Count(MetricRoute route, int status, long? startedAt, long bodyBytes)
    {
        var index = Array.IndexOf(Statuses, status);
        Interlocked.Increment(ref _byRoute[(int)route][index < 0 ? Statuses.Length - 1 : index]);
        Interlocked.Add(ref _bytesSent, bodyBytes);
        if (startedAt is { } started)
        {
            var ticks = Stopwatch.GetTimestamp() - started;
            var seconds = (double)ticks / Stopwatch.Frequency;
            var bucket = 0;
            while (bucket < Bounds.Length && seconds > Bounds[bucket])
            {
                bucket++;
            }

            Interlocked.Increment(ref _buckets[bucket]);
            Interlocked.Add(ref _timedTicks, ticks);
            _duration.Record(seconds);
        }
    }

    /// <summary>A stream of events began.</summary>
    public void CountStream() => Interlocked.Increment(ref _streams);

    /// <summary>All keys were read anew.</summary>
    public void CountReload() => Interlocked.Increment(ref _reloads);

    /// <summary>Stored rules of a host could not be read.</summary>
    public void CountUnreadableRules() => Interlocked.Increment(ref _unreadableRules);

    /// <summary>The settings were read anew.</summary>
    /// <param name="areTaken">False when they could not be used.</param>
    public void CountSettings(bool areTaken) => Interlocked.Increment(ref areTaken ? ref _settingsTaken : ref _settingsRefused);

    /// <summary>Writes all figures.</summary>
    /// <param name="state">The state of now.</param>
    /// <param name="waiters">How many requests wait.</param>
    /// <param name="now">The time, for the staleness.</param>
    public string Write(FeedState state, int waiters, DateTimeOffset now)
    {
        var keys = KeyCounts.Of(state.Snapshot);
        var text = new StringBuilder();
        WriteRequests(text);
        WriteDurations(text);
        Add("streams_total", "counter", "Streams of events that were begun.", Volatile.Read(ref _streams));
        Add("sent_bytes_total", "counter", "Bytes of bodies sent.", Volatile.Read(ref _bytesSent));
        Add("waiters", "gauge", "Requests that wait for a change.", waiters);
        Add("values", "gauge", "Values in the data.", keys.Values);
        Add("mappings", "gauge", "Names in the mappings.", keys.Mappings);
        Add("rule_hosts", "gauge", "Hosts with rules.", keys.RuleHosts);
        Add("revision", "gauge", "Revision of the backend that answers come from.", state.Snapshot.Revision);
        Add("loaded", "gauge", "1 when the backend's keys have been read.", state.IsLoaded ? 1 : 0);
        Add("stale_seconds", "gauge", "Seconds since the backend was last followed; 0 while it is.", StaleSeconds(state, now));
        Add("reloads_total", "counter", "Times that all keys were read anew.", Volatile.Read(ref _reloads));
        Add("unreadable_rules_total", "counter", "Stored rule lists that could not be read.", Volatile.Read(ref _unreadableRules));
        Add("settings_reloads_total", "counter", "Times that the settings were read anew.", Volatile.Read(ref _settingsTaken));
        Add("settings_refused_total", "counter", "Times that they could not be used.", Volatile.Read(ref _settingsRefused));
        return text.ToString();

        void Add(string name, string kind, string help, double value) => text.Append(
            CultureInfo.InvariantCulture, $"# HELP metad_{name} {help}\n# TYPE metad_{name} {kind}\nmetad_{name} {value}\n");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static double StaleSeconds(FeedState state, DateTimeOffset now) =>
        state.LostSince is { } since ? Math.Max(0, (now - since).TotalSeconds) : 0;

    private static string NameOf(MetricRoute route) => route switch
    {
        MetricRoute.Data => "data",
        MetricRoute.Self => "self",
        MetricRoute.Manage => "manage",
        _ => throw new UnreachableException($"No such route: {route}"),
    };

    private IEnumerable<Measurement<long>> Requests()
    {
        foreach (var route in Enum.GetValues<MetricRoute>())
        {
            for (var index = 0; index < Statuses.Length; index++)
            {
                if (Volatile.Read(ref _byRoute[(int)route][index]) is > 0 and var count)
                {
                    yield return new(count, new("route", NameOf(route)), new("status", Statuses[index]));
                }
            }
        }
    }

    private void WriteRequests(StringBuilder text)
    {
        text.Append("# HELP metad_requests_total Requests by route and status; 404 counts what is denied too.\n"
            + "# TYPE metad_requests_total counter\n");
        foreach (var route in Enum.GetValues<MetricRoute>())
        {
            for (var index = 0; index < Statuses.Length; index++)
            {
                // What has not happened yet is written for the usual statuses, so that a rate can be told from the first.
                var count = Volatile.Read(ref _byRoute[(int)route][index]);
                if (count > 0 || Statuses[index] is 200 or 404)
                {
                    text.Append(CultureInfo.InvariantCulture,
                        $"metad_requests_total{{route=\"{NameOf(route)}\",status=\"{Statuses[index]}\"}} {count}\n");
                }
            }
        }
    }

    private void WriteDurations(StringBuilder text)
    {
        text.Append("# HELP metad_request_duration_seconds Time from request to answer, of requests that did not wait.\n"
            + "# TYPE metad_request_duration_seconds histogram\n");
        var sum = 0L;
        for (var index = 0; index < _buckets.Length; index++)
        {
            sum += Volatile.Read(ref _buckets[index]);
            var bound = index < Bounds.Length ? Bounds[index].ToString(CultureInfo.InvariantCulture) : "+Inf";
            text.Append(CultureInfo.InvariantCulture, $"metad_request_duration_seconds_bucket{{le=\"{bound}\"}} {sum}\n");
        }

        var seconds = (double)Volatile.Read(ref _timedTicks) / Stopwatch.Frequency;
        text.Append(CultureInfo.InvariantCulture,
            $"metad_request_duration_seconds_sum {seconds}\nmetad_request_duration_seconds_count {sum}\n");
    }
}

/// <summary>What a request was for, as it is counted.</summary>
internal enum MetricRoute
{
    /// <summary>Anything on the metadata port but the next.</summary>
    Data,

    /// <summary>A caller's own part.</summary>
    Self,

    /// <summary>The manage API.</summary>
    Manage,
}

/// <summary>How much a snapshot holds.</summary>
/// <param name="Values">Values in the data.</param>
/// <param name="Mappings">Names in the mappings.</param>
/// <param name="RuleHosts">Hosts with rules.</param>
internal readonly record struct KeyCounts(long Values, long Mappings, long RuleHosts)
{
    /// <summary>Counts by a walk over the trees.</summary>
    /// <param name="snapshot">What is held.</param>
    public static KeyCounts Of(MetadataSnapshot snapshot) =>
        new(ValuesBelow(snapshot.Tree.Root), ValuesBelow(snapshot.Mapping.Tree.Root), snapshot.Rules.Hosts.Count);

    private static long ValuesBelow(MetadataNode node)
    {
        var count = node.HasValue ? 1L : 0L;
        foreach (var child in node.Children)
        {
            count += ValuesBelow(child);
        }

        return count;
    }
}
