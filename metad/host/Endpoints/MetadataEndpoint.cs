using System.Globalization;
using System.Text;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Cloud;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>The public API: reads of the data and of a caller's own part, at once or at the next change.</summary>
internal sealed class MetadataEndpoint
{
    private static readonly TimeSpan QuietTotalMax = TimeSpan.FromMilliseconds(250);

    private readonly SnapshotFeed _feed;
    private readonly WaitingRoom _room;
    private readonly Reply _reply;
    private readonly MetadMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ViewSettings _settings;
    private readonly EventStream _events;
    private readonly TimeSpan _quiet;
    private readonly TimeSpan _staleMax;
    private readonly TimeSpan _waitMax;

    /// <summary>Creates the endpoint.</summary>
    public MetadataEndpoint(EndpointServices services, WaitingRoom room, MetadOptions options)
    {
        _feed = services.Feed;
        _reply = services.Reply;
        _metrics = services.Metrics;
        _time = services.Time;
        _stopping = services.Stopping;
        _room = room;
        _settings = new(options.UnknownMayRead, options.OnlySelf);
        _events = new(_feed, room, _time, _settings);
        _quiet = options.WaitQuiet;
        _staleMax = options.StaleMax;
        _waitMax = options.Safety.WaitMax;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    /// <param name="client">Who sent it.</param>
    /// <returns>True when the answer was held back for a change, so that its time says nothing.</returns>
    public async Task<bool> HandleAsync(HttpContext context, string rawTarget, ClientIdentity client)
    {
        var state = _feed.Current;
        var format = AcceptHeader.Choose(context.Request.Headers.Accept);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (isRead && IsFresh(state) && !IsEventStream(context)
            && state.Answers.Find(new(client, rawTarget, format)) is { } kept)
        {
            await SendAsync(context, state, kept);
            return false;
        }

        switch (RequestTarget.Decode(rawTarget))
        {
            case RequestTarget.Redirected redirected:
                await Reply.RedirectAsync(context, redirected.Location);
                break;
            case RequestTarget.Resolved resolved when isRead && !resolved.Path.Bytes.SequenceEqual("/favicon.ico"u8):
                return await ReadAsync(context, rawTarget, client, resolved, format);
            case RequestTarget.Malformed:
                await SendAsync(context, state, Answer.Error(400, "the path cannot be decoded", format));
                break;
            default:
                await Reply.SendAsync(context, Answer.NoRoute);
                break;
        }

        return false;
    }

    private async Task<bool> ReadAsync(
        HttpContext context, string rawTarget, ClientIdentity client, RequestTarget.Resolved target, BodyFormat accepted)
    {
        var query = MetadataQuery.Parse(target.Query).WaitingUpTo(_waitMax);
        var format = query.Format ?? accepted;
        var state = _feed.Current;
        if (!IsFresh(state))
        {
            var reason = state.IsLoaded ? "the backend has been away for too long" : "the backend's keys are not loaded yet";
            await SendAsync(context, state, Answer.Error(503, reason, format));
            return false;
        }

        if (IsEventStream(context) && state.Snapshot.For(client, _settings).IsKnown)
        {
            await StreamAsync(context, client, target.Path, state);
            return true;
        }

        if (CloudTree.Covering(state.Snapshot.For(client, _settings), target.Path, client.Account) is { } cloud)
        {
            await SendAsync(context, state, Page(cloud.Find(target.Path), format));
            return false;
        }

        var read = new Read(client, target.Path, query, format, Known: query.KnownTag ?? KnownTag(context));
        if (!query.IsWait)
        {
            var answer = Write(state, read);
            if (!answer.IsError)
            {
                state.Answers.Keep(new(client, rawTarget, accepted), answer);
            }

            await SendAsync(context, state, answer);
            return false;
        }

        await WaitAsync(context, state, read);
        return true;
    }

    private async Task WaitAsync(HttpContext context, FeedState state, Read read)
    {
        if (IsAnsweredAtOnce(state, read))
        {
            await SendAsync(context, state, Write(state, read));
            return;
        }

        var started = _time.GetTimestamp();
        var known = read.IsPartial ? Write(state, read).Tag : null;
        while (true)
        {
            var left = read.Query.Timeout - _time.GetElapsedTime(started);
            var outcome = await WaitAsync(context, state, read, left < TimeSpan.Zero ? TimeSpan.Zero : left);
            if (outcome == WaitOutcome.NoRoom)
            {
                context.Response.Headers.RetryAfter = "1";
                await SendAsync(context, state, Answer.Error(429, "too many requests wait", read.Format));
                return;
            }

            // What changed may lie outside the part that is asked for, or below a depth that is not written.
            state = _feed.Current;
            var answer = Write(state, read);
            if (outcome == WaitOutcome.Over || known is null || answer.Tag != known)
            {
                await SendAsync(context, state, answer);
                return;
            }
        }
    }

    private async Task StreamAsync(HttpContext context, ClientIdentity client, MetadataPath path, FeedState state)
    {
        _metrics.CountStream();
        Reply.SetVersion(context, _reply.NextRequestId(), state.Answers.Version);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        await _events.RunAsync(context, client, path, state, ended.Token);
    }

    private static bool IsEventStream(HttpContext context) => HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Accept.ToString().Contains(EventStream.ContentType, StringComparison.OrdinalIgnoreCase);

    private static string? KnownTag(HttpContext context) =>
        context.Request.Headers.IfNoneMatch is { Count: > 0 } tags ? tags.ToString() : null;

    // A caller with another version or tag is told what is; a name that the caller's mapping lacks is not waited for.
    private bool IsAnsweredAtOnce(FeedState state, Read read)
    {
        if ((read.Query.Version is { } version && version != state.Snapshot.Revision)
            || (read.Known is { } known && !Write(state, read).IsKnownAs(known)))
        {
            return true;
        }

        var view = state.Snapshot.For(read.Client, _settings);
        return ClientView.IsSelf(read.Path) && view.IsKnown && !view.HasNameFor(read.Path);
    }

    private async Task<WaitOutcome> WaitAsync(HttpContext context, FeedState known, Read read, TimeSpan? timeout)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        var waiter = new Waiter(read.Client, read.Path, known, _settings);
        if (!_room.TryEnter(waiter))
        {
            return WaitOutcome.NoRoom;
        }

        try
        {
            var isWoken = await IsWokenAsync(waiter, timeout ?? Timeout.InfiniteTimeSpan, ended.Token);
            if (isWoken && _quiet > TimeSpan.Zero)
            {
                await SettleAsync(read.Client, read.Path, ended.Token);
            }

            return isWoken ? WaitOutcome.Woken : WaitOutcome.Over;
        }
        finally
        {
            _room.Leave(waiter);
        }
    }

    // Holds a woken request back until nothing it would show has changed for a while, but not for ever.
    private async Task SettleAsync(ClientIdentity client, MetadataPath path, CancellationToken ended)
    {
        var started = _time.GetTimestamp();
        var isMoving = true;
        while (isMoving && QuietTotalMax - _time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            var again = new Waiter(client, path, _feed.Current, _settings);
            isMoving = _room.TryEnter(again);
            try
            {
                isMoving = isMoving && await IsWokenAsync(again, left < _quiet ? left : _quiet, ended);
            }
            finally
            {
                _room.Leave(again);
            }
        }
    }

    // Returns false when the time was up, the caller left, or the program stops.
    private async Task<bool> IsWokenAsync(Waiter waiter, TimeSpan timeout, CancellationToken ended)
    {
        try
        {
            await waiter.Woken.WaitAsync(timeout, _time, ended);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private Answer Write(FeedState state, Read read)
    {
        if (state.Snapshot.For(read.Client, _settings).Find(read.Path) is not { } view)
        {
            return Answer.Error(404, "Not found", read.Format);
        }

        NodeName? next = null;
        view = read.Query.Limits?.Apply(view, out next) ?? view;
        var buffer = new ByteBuffer(1024);
        if (read.Query.IsListing)
        {
            ListingFormat.Write(buffer, view, read.Format);
        }
        else
        {
            ViewFormat.Write(buffer, view, read.Format, read.Query.IsPretty);
        }

        var answer = Answer.Of(buffer, read.Format);
        return next is null ? answer : answer with { Next = Uri.EscapeDataString(Encoding.UTF8.GetString(next.Bytes)) };
    }

    private static Answer Page(CloudPage? page, BodyFormat format) => page is null
        ? Answer.Error(404, "Not found", format)
        : new(StatusCodes.Status200OK, page.IsJson ? "application/json" : "text/plain", page.Body);

    private bool IsFresh(FeedState state) => state.IsLoaded
        && (_staleMax == TimeSpan.Zero || state.LostSince is not { } since || _time.GetUtcNow() - since <= _staleMax);

    private Task SendAsync(HttpContext context, FeedState state, Answer answer)
    {
        Reply.SetVersion(context, _reply.NextRequestId(), state.Answers.Version);
        if (state.LostSince is { } since)
        {
            var seconds = Math.Max(0, (long)(_time.GetUtcNow() - since).TotalSeconds);
            context.Response.Headers["X-Metad-Stale"] = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (!answer.IsError)
        {
            context.Response.Headers.ETag = answer.Tag;
            if (answer.Next is { } next)
            {
                context.Response.Headers["X-Metad-Next"] = next;
            }

            if (KnownTag(context) is { } known && answer.IsKnownAs(known))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }
        }

        return Reply.SendAsync(context, answer);
    }

    // How a wait ended: by a change, or by its limit, the caller or the program's end.
    private enum WaitOutcome
    {
        Woken,
        Over,
        NoRoom,
    }

    // One read as it is understood: Known is the tag that the caller has.
    private sealed record Read(
        ClientIdentity Client, MetadataPath Path, MetadataQuery Query, BodyFormat Format, string? Known)
    {
        public bool IsPartial => Known is not null || Query.IsListing || Query.Limits is not null;
    }
}
