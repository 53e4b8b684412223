using System.Globalization;
using System.Text;
using System.Text.Json;
using Sync.Metad.Backends;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>Carries out planned writes: under their conditions, or as a trial that changes nothing.</summary>
internal sealed class ManageWriter
{
    /// <summary>How many operations and conditions one transaction holds.</summary>
    private const int TransactionMax = 128;

    // A write that the backend does not answer in this time is told as such; so is one that does not come back.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(6);

    private readonly SnapshotFeed _feed;
    private readonly IBackend _backend;
    private readonly KeyLayout _layout;
    private readonly TimeProvider _time;
    private readonly long _bodyBytesMax;

    /// <summary>Creates the writer.</summary>
    public ManageWriter(EndpointServices services, IBackend backend, KeyLayout layout, MetadOptions options)
    {
        _feed = services.Feed;
        _time = services.Time;
        _backend = backend;
        _layout = layout;
        _bodyBytesMax = options.BodyBytesMax;
    }

    /// <summary>Reads the body, plans the write and does it; <c>?dry_run=true</c> only tells what it would do.</summary>
    /// <param name="context">The request.</param>
    /// <param name="query">Its query.</param>
    /// <param name="plan">Plans from the body.</param>
    /// <returns>What the caller is told.</returns>
    public async Task<Answer> WriteAsync(
        HttpContext context, string query, Func<ReadOnlyMemory<byte>, PlannedWrite> plan)
    {
        var format = AcceptHeader.Choose(context.Request.Headers.Accept);
        if (!_feed.Current.IsLoaded)
        {
            return Answer.Error(503, "the backend's keys are not loaded yet", format);
        }

        // Whoever asks for a trial in words that are not understood must not get a write.
        var trial = ManagePlanner.Value(query, "dry_run");
        if (trial is not null && !MetadataQuery.IsTruth(trial))
        {
            return Answer.Error(400, "dry_run should be true or false; nothing was written", format);
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            return Answer.Error(413, $"the body is larger than {_bodyBytesMax} bytes", format);
        }

        var planned = plan(body);
        if (planned.Problem is { } problem)
        {
            return Answer.Error(400, problem, format);
        }

        using var limit = new CancellationTokenSource(WriteTimeout, _time);
        var (guard, refusal) = await GuardOfAsync(context, planned, format, limit.Token);
        if (refusal is not null)
        {
            return refusal;
        }

        return string.Equals(trial, "true", StringComparison.OrdinalIgnoreCase)
            ? Try(planned, guard, format)
            : await CarryOutAsync(context, planned, guard, format, limit.Token);
    }

    // The answer comes when the write has come back, so that a read right after it sees it.
    private async Task<Answer> CarryOutAsync(
        HttpContext context, PlannedWrite planned, WriteGuard? guard, BodyFormat format, CancellationToken limit)
    {
        if (planned.Operations.Count == 0 && guard is null)
        {
            return Answer.Done(format);
        }

        try
        {
            if (await _backend.WriteAsync(planned.Operations, guard, limit) is not { } revision)
            {
                return Conflict(format);
            }

            context.Response.Headers["X-Metad-Revision"] = revision.ToString(CultureInfo.InvariantCulture);
            await _feed.WaitForAsync(state => state.Through >= revision, limit);
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

    // Null and null when the request has no condition.
    private async Task<(WriteGuard? Guard, Answer? Refusal)> GuardOfAsync(
        HttpContext context, PlannedWrite planned, BodyFormat format, CancellationToken limit)
    {
        var (match, noneMatch) = (context.Request.Headers.IfMatch.ToString(), context.Request.Headers.IfNoneMatch.ToString());
        var isConditional = match.Length > 0 || noneMatch.Length > 0;
        if ((isConditional || planned.IsWhole) && planned.Operations.Count > TransactionMax)
        {
            return (null, Answer.Error(
                400, $"one transaction holds at most {TransactionMax} operations, these are {planned.Operations.Count}", format));
        }

        if (!isConditional)
        {
            return (null, null);
        }

        if (noneMatch.Length > 0)
        {
            return noneMatch == "*"
                ? (new(planned.Places, Revision: 0, Present: [], IsAbsent: true), null)
                : (null, Answer.Error(400, "If-None-Match takes * alone here: the place must not exist", format));
        }

        if (match == "*")
        {
            var existing = Existing(_feed.Current.Snapshot, planned).Take(1).ToList();
            return existing.Count == 0 ? (null, Conflict(format)) : (new([], Revision: 0, existing, IsAbsent: false), null);
        }

        if (!long.TryParse(match.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
        {
            return (null, Answer.Error(400, "If-Match takes the version of a read, or *", format));
        }

        return await GuardSinceAsync(planned, revision, format, limit);
    }

    private async Task<(WriteGuard? Guard, Answer? Refusal)> GuardSinceAsync(
        PlannedWrite planned, long revision, BodyFormat format, CancellationToken limit)
    {
        // The version may come from a replica that is ahead of this one.
        try
        {
            await _feed.WaitForAsync(state => state.Through >= revision, limit);
        }
        catch (OperationCanceledException)
        {
            return (null, Answer.Error(503, "the backend has not come to the version of If-Match", format));
        }

        if (_feed.Find(revision) is not { } snapshot)
        {
            return (null, Answer.Error(412, "the version of If-Match is too old to be compared; read again", format));
        }

        var present = Existing(snapshot, planned).ToList();
        return present.Count + planned.Places.Count > TransactionMax
            ? (null, Answer.Error(400, $"If-Match covers at most {TransactionMax - planned.Places.Count} keys", format))
            : (new(planned.Places, revision, present, IsAbsent: false), null);
    }

    private IEnumerable<byte[]> Existing(MetadataSnapshot snapshot, PlannedWrite planned)
    {
        var preview = new WritePreview(snapshot, _layout);
        return planned.Places.SelectMany(place => preview.KeysIn(place.Start, place.End));
    }

    // A trial is of one snapshot; whether its conditions hold is asked of that snapshot too.
    private Answer Try(PlannedWrite planned, WriteGuard? guard, BodyFormat format)
    {
        var snapshot = _feed.Current.Snapshot;
        var preview = new WritePreview(snapshot, _layout);
        if (guard is not null && !Holds(preview, planned, guard))
        {
            return Conflict(format);
        }

        var effects = preview.EffectsOf(planned.Operations);
        var transactions = (planned.Operations.Count + TransactionMax - 1) / TransactionMax;
        var buffer = new ByteBuffer(1024);
        if (format == BodyFormat.Text)
        {
            foreach (var effect in effects)
            {
                buffer.Append(effect.Value is null ? "delete\t"u8 : "put\t"u8);
                buffer.Append(effect.Key);
                buffer.Append(effect.Value is null ? default : "\t"u8);
                buffer.Append(effect.Value);
                buffer.Append((byte)'\n');
            }
        }
        else
        {
            WriteTrial(buffer, snapshot.Revision, transactions, effects);
        }

        return Answer.Of(buffer, format);
    }

    // JSON is YAML too, so both forms are written the same.
    private static void WriteTrial(ByteBuffer buffer, long revision, int transactions, IReadOnlyList<KeyEffect> effects)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteBoolean("dry_run", true);
            json.WriteNumber("revision", revision);
            json.WriteNumber("transactions", transactions);
            json.WriteStartArray("changes");
            foreach (var effect in effects)
            {
                json.WriteStartObject();
                json.WriteString("key", Encoding.UTF8.GetString(effect.Key));
                if (effect.Value is { } value)
                {
                    json.WriteString("value", Encoding.UTF8.GetString(value));
                }
                else
                {
                    json.WriteNull("value");
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.Append(text.WrittenSpan);
    }

    private bool Holds(WritePreview now, PlannedWrite planned, WriteGuard guard)
    {
        if (guard.IsAbsent)
        {
            return !guard.Ranges.Any(range => now.KeysIn(range.Start, range.End).Any());
        }

        return _feed.Find(guard.Revision) is not { } then
            || planned.Places.All(place => now.AreSame(new WritePreview(then, _layout), place.Start, place.End));
    }

    private static Answer Conflict(BodyFormat format) =>
        Answer.Error(412, "the place is not as the condition says; nothing was written", format);

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
}
