using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Sync.Metad.Backends;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>The manage API: reads and writes of data, mappings and rules, without access rules of its own.</summary>
internal sealed class ManageEndpoint
{
    private const string Verbs = "GET, POST, PUT, DELETE";

    // A write that the backend does not answer in this time is told as such; so is one that does not come back.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(6);

    private readonly SnapshotFeed _feed;
    private readonly WaitingRoom _room;
    private readonly IBackend _backend;
    private readonly WritePlan _plan;
    private readonly Reply _reply;
    private readonly MetadMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly long _bodyBytesMax;

    /// <summary>Creates the endpoint.</summary>
    public ManageEndpoint(
        EndpointServices services, WaitingRoom room, IBackend backend, KeyLayout layout, MetadOptions options)
    {
        _feed = services.Feed;
        _reply = services.Reply;
        _metrics = services.Metrics;
        _time = services.Time;
        _room = room;
        _backend = backend;
        _plan = new(layout);
        _bodyBytesMax = options.BodyBytesMax;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    public async Task HandleAsync(HttpContext context, string rawTarget)
    {
        switch (RequestTarget.Decode(rawTarget))
        {
            case RequestTarget.Redirected redirected:
                await Reply.RedirectAsync(context, redirected.Location);
                break;
            case RequestTarget.Resolved resolved:
                await RouteAsync(context, resolved);
                break;
            default:
                await SendAsync(context, Answer.Error(400, "the path cannot be decoded", BodyFormat.Text));
                break;
        }
    }

    private Task RouteAsync(HttpContext context, RequestTarget.Resolved target)
    {
        var kind = target.Path.BelowFirstSegment;
        var place = kind.BelowFirstSegment;
        return target.Path.ToString() switch
        {
            "/health" => Reply.SendAsync(context, Health()),
            "/health/live" => Reply.SendAsync(context, new(200, Answer.PlainText, "ok\n"u8.ToArray())),
            "/health/ready" => Reply.SendAsync(context, Ready()),
            "/metrics" => Reply.SendAsync(context, Metrics()),
            _ when !target.Path.FirstSegment.SequenceEqual("v1"u8) => Reply.SendAsync(context, Answer.NoRoute),
            _ when kind.FirstSegment.SequenceEqual("data"u8) => DataAsync(context, place, target.Query),
            _ when kind.FirstSegment.SequenceEqual("mapping"u8) => MappingAsync(context, place, target.Query),
            _ when kind.FirstSegment.SequenceEqual("rule"u8) && place.IsRoot => RulesAsync(context, target.Query),
            _ => Reply.SendAsync(context, Answer.NoRoute),
        };
    }

    private Task DataAsync(HttpContext context, MetadataPath place, string query) => context.Request.Method switch
    {
        "GET" => SendAsync(context, Read(context, _feed.Current.Snapshot.Tree, place, query)),
        "PUT" or "POST" => WriteAsync(context, body => PlanData(context.Request.Method, place, body.Span)),
        "DELETE" => WriteAsync(context, _ => PlanDeletes(place, query, _plan.DeleteData, isTrimmed: false)),
        _ => RefuseVerbAsync(context),
    };

    private Task MappingAsync(HttpContext context, MetadataPath place, string query) => context.Request.Method switch
    {
        "GET" => SendAsync(context, Read(context, _feed.Current.Snapshot.Mapping.Tree, StoredMapping(place), query)),
        "PUT" or "POST" => WriteAsync(context, body => PlanMapping(context.Request.Method, place, body)),
        "DELETE" => WriteAsync(context, _ => PlanDeletes(
            place, query, target => _plan.DeleteMapping(target, _feed.Current.Snapshot.Mapping), isTrimmed: true)),
        _ => RefuseVerbAsync(context),
    };

    private Task RulesAsync(HttpContext context, string query) => context.Request.Method switch
    {
        "GET" => SendAsync(context, ReadRules(context, query)),
        "PUT" or "POST" => WriteAsync(context, body =>
        {
            var hosts = RuleDocument.ReadHosts(body);
            return hosts.IsRefused ? Planned.Refused(hosts.Problem) : Planned.Of(_plan.PutRules(hosts.Value));
        }),
        "DELETE" => WriteAsync(context, _ => Planned.Of(_plan.DeleteRules(StoredHosts(Hosts(query) ?? [])))),
        _ => RefuseVerbAsync(context),
    };

    private Answer Read(HttpContext context, MetadataTree tree, MetadataPath place, string query)
    {
        var (format, isPretty) = FormOf(context, query);
        if (!_feed.Current.IsLoaded)
        {
            return Answer.Error(503, "the backend's keys are not loaded yet", format);
        }

        if (tree.Find(place) is not { } node)
        {
            return Answer.Error(404, "Not found", format);
        }

        var buffer = new ByteBuffer(1024);
        ViewFormat.Write(buffer, new View.DataView(node, AccessRules.Everything.Start()), format, isPretty);
        return Answer.Of(buffer, format);
    }

    private Answer ReadRules(HttpContext context, string query)
    {
        var (format, _) = FormOf(context, query);
        if (!_feed.Current.IsLoaded)
        {
            return Answer.Error(503, "the backend's keys are not loaded yet", format);
        }

        var stored = _feed.Current.Snapshot.Rules.Hosts;
        var wanted = Hosts(query) is { } hosts ? StoredHosts(hosts) : stored.Keys;
        var listed =
            from host in wanted.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            where stored.ContainsKey(host)
            select new KeyValuePair<string, AccessRules>(host, stored[host].Rules);
        var buffer = new ByteBuffer(1024);
        RuleFormat.Write(buffer, [.. listed], format);
        return Answer.Of(buffer, format);
    }

    private Planned PlanData(string method, MetadataPath place, ReadOnlySpan<byte> body)
    {
        var document = DataDocument.Read(body);
        if (document.IsRefused)
        {
            return Planned.Refused(document.Problem);
        }

        if (_plan.IsReserved(place, document.Value))
        {
            return Planned.Refused("/_metad holds mappings and rules and takes no data");
        }

        return Planned.Of(method == "PUT"
            ? _plan.MergeData(place, document.Value)
            : _plan.ReplaceData(place, document.Value));
    }

    private Planned PlanMapping(string method, MetadataPath place, ReadOnlyMemory<byte> body)
    {
        var document = MappingDocument.Read(place, body);
        if (document.IsRefused)
        {
            return Planned.Refused(document.Problem);
        }

        // A document that was read has a place that is canonical or can be made so.
        var stored = MappingDocument.Canonical(place) ?? place;
        return Planned.Of(method == "PUT"
            ? _plan.MergeMapping(stored, document.Value)
            : _plan.ReplaceMapping(stored, document.Value));
    }

    private static Planned PlanDeletes(
        MetadataPath place, string query, Func<MetadataPath, IReadOnlyList<BackendOperation>> delete, bool isTrimmed)
    {
        if (Names(query, "subs", isTrimmed) is not { } subs)
        {
            return Planned.Of(delete(place));
        }

        if (subs.Any(sub => sub.Contains('/', StringComparison.Ordinal)))
        {
            return Planned.Refused("Sub node must not a path.");
        }

        return Planned.Of([.. subs.Distinct(StringComparer.Ordinal)
            .SelectMany(sub => delete(place.Append(MetadataPath.Split($"/{sub}"))))]);
    }

    private async Task WriteAsync(HttpContext context, Func<ReadOnlyMemory<byte>, Planned> plan)
    {
        var format = AcceptHeader.Choose(context.Request.Headers.Accept);
        if (!_feed.Current.IsLoaded)
        {
            await SendAsync(context, Answer.Error(503, "the backend's keys are not loaded yet", format));
            return;
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            await SendAsync(context, Answer.Error(413, $"the body is larger than {_bodyBytesMax} bytes", format));
            return;
        }

        var planned = plan(body);
        var answer = planned.Problem is { } problem
            ? Answer.Error(400, problem, format)
            : await CarryOutAsync(context, planned.Operations, format);
        await SendAsync(context, answer);
    }

    // The answer comes when the write has come back, so that a read right after it sees it.
    private async Task<Answer> CarryOutAsync(
        HttpContext context, IReadOnlyList<BackendOperation> operations, BodyFormat format)
    {
        if (operations.Count == 0)
        {
            return Answer.Done(format);
        }

        using var limit = new CancellationTokenSource(WriteTimeout, _time);
        try
        {
            var revision = await _backend.WriteAsync(operations, limit.Token);
            context.Response.Headers["X-Metad-Revision"] = revision.ToString(CultureInfo.InvariantCulture);
            await _feed.WaitForAsync(state => state.Through >= revision, limit.Token);
            return Answer.Done(format);
        }
        catch (BackendException exception)
        {
            return Answer.Error(exception.IsAway ? 503 : 500, exception.Message, format);
        }
        catch (OperationCanceledException)
        {
            return Answer.Error(503, "the backend did not answer in time; the write may still happen", format);
        }
    }

    // Null when the body is too large.
    private async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        var body = new ByteBuffer((int)Math.Min(context.Request.ContentLength ?? 0, 1024 * 1024));
        var reader = context.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            foreach (var part in read.Buffer)
            {
                body.Append(part.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (body.Length > _bodyBytesMax)
            {
                return null;
            }

            if (read.IsCompleted)
            {
                return body.WrittenMemory;
            }
        }
    }

    private Answer Health()
    {
        var state = _feed.Current;
        var stale = state.LostSince is { } since ? (long)(_time.GetUtcNow() - since).TotalSeconds : 0;
        var json = $"{{\"status\":\"up\",\"loaded\":{(state.IsLoaded ? "true" : "false")},"
            + $"\"connected\":{(IsFollowing(state) ? "true" : "false")},"
            + $"\"revision\":{state.Answers.Version},\"stale_seconds\":{Math.Max(0, stale)}}}";
        return new(200, Answer.PlainText, System.Text.Encoding.ASCII.GetBytes(json));
    }

    private Answer Ready() => IsFollowing(_feed.Current)
        ? new(200, Answer.PlainText, "ready\n"u8.ToArray())
        : new(503, Answer.PlainText,
            _feed.Current.IsLoaded ? "the backend is away\n"u8.ToArray() : "not loaded\n"u8.ToArray());

    private static bool IsFollowing(FeedState state) => state is { IsLoaded: true, LostSince: null };

    private Answer Metrics() => new(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        System.Text.Encoding.UTF8.GetBytes(_metrics.Write(_feed.Current, _room.Count, _time.GetUtcNow())));

    // A mapping may be stored under an older spelling of its address.
    private MetadataPath StoredMapping(MetadataPath place)
    {
        var mappings = _feed.Current.Snapshot.Mapping;
        return mappings.SpellingsOf(place).FirstOrDefault(spelled => mappings.Tree.Find(spelled) is not null) ?? place;
    }

    private static IEnumerable<string> StoredHosts(IEnumerable<string> hosts) => hosts
        .SelectMany(host => new[] { host, RuleDocument.CanonicalHost(host) ?? host })
        .Distinct(StringComparer.Ordinal);

    private static IReadOnlyList<string>? Hosts(string query) => Names(query, "hosts", isTrimmed: true);

    // Null when the query has no such name; blank entries fall away.
    private static IReadOnlyList<string>? Names(string query, string name, bool isTrimmed)
    {
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (pair.DecodeName().Span.SequenceEqual(name))
            {
                var value = pair.DecodeValue().ToString();
                var entries = value.Split(',').Where(entry => !string.IsNullOrWhiteSpace(entry));
                return value.Length == 0 ? null : [.. entries.Select(entry => isTrimmed ? entry.Trim() : entry)];
            }
        }

        return null;
    }

    private static (BodyFormat Format, bool IsPretty) FormOf(HttpContext context, string query)
    {
        var parsed = MetadataQuery.Parse(query);
        return (parsed.Format ?? AcceptHeader.Choose(context.Request.Headers.Accept), parsed.IsPretty);
    }

    private Task RefuseVerbAsync(HttpContext context)
    {
        context.Response.Headers.Allow = Verbs;
        return SendAsync(context, Answer.Error(
            405, $"{context.Request.Method} is not allowed", AcceptHeader.Choose(context.Request.Headers.Accept)));
    }

    private Task SendAsync(HttpContext context, Answer answer)
    {
        _metrics.CountManageRequest(answer.Status);
        Reply.SetVersion(context, _reply.NextRequestId(), _feed.Current.Answers.Version);
        return Reply.SendAsync(context, answer);
    }

    private sealed record Planned(IReadOnlyList<BackendOperation> Operations, string? Problem)
    {
        public static Planned Of(IReadOnlyList<BackendOperation> operations) => new(operations, Problem: null);

        public static Planned Refused(string problem) => new([], problem);
    }
}
