using System.Globalization;
using System.Text;
using Sync.Metad.Attesting;
using Sync.Metad.Model.Attesting;
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
    private static readonly MetadataPath AttestedPath = MetadataPath.Split(AttestedDocument.Route);

    private readonly SnapshotFeed _feed;
    private readonly WaitingRoom _room;
    private readonly Reply _reply;
    private readonly MetadMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ViewSettings _settings;
    private readonly EventStream _events;
    private readonly AttestedDocuments? _attested;
    private readonly bool _isCompatible;
    private readonly TimeSpan _quiet;
    private readonly TimeSpan _staleMax;
    private readonly TimeSpan _waitMax;

    /// <summary>Creates the endpoint.</summary>
    /// <param name="services">What answers are made of.</param>
    /// <param name="room">Where requests wait.</param>
    /// <param name="options">The settings.</param>
    /// <param name="attested">Signs documents about callers; null signs none.</param>
    public MetadataEndpoint(EndpointServices services, WaitingRoom room, MetadOptions options, AttestedDocuments? attested)
    {
        _feed = services.Feed;
        _reply = services.Reply;
        _metrics = services.Metrics;
        _time = services.Time;
        _stopping = services.Stopping;
        _room = room;
        _settings = new(options.UnknownMayRead, options.OnlySelf);
        _events = new(_feed, room, _time, _settings);
        _attested = attested;
        _isCompatible = options.IsCompatible;
        _quiet = options.WaitQuiet;
        _staleMax = options.StaleMax;
        _waitMax = options.Safety.WaitMax;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    /// <param name="client">Who sent it.</param>
    /// <returns>True when the answer was held back for a change, so that its time says nothing.</returns>
    public Task<bool> HandleAsync(HttpContext context, string rawTarget, ClientIdentity client)
    {
        var format = AcceptHeader.Choose(context.Request.Headers.Accept);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return RequestTarget.Decode(rawTarget) switch
        {
            RequestTarget.Redirected redirected =>
                EndAsync(_reply.RedirectAsync(context, redirected.Location), isHeld: false),
            RequestTarget.Resolved resolved when isRead && !resolved.Path.Bytes.SequenceEqual("/favicon.ico"u8) =>
                ReadAsync(context, client, resolved, format),
            RequestTarget.Malformed => SendAsync(
                context, _feed.Current, Answer.Error(400, "the path cannot be decoded", format), isHeld: false),
            RequestTarget.Resolved when !isRead && !_isCompatible => RefuseVerbAsync(context, format),
            _ => EndAsync(_reply.SendAsync(context, Answer.NoRoute), isHeld: false),
        };
    }

    private Task<bool> RefuseVerbAsync(HttpContext context, BodyFormat format)
    {
        context.Response.Headers.Allow = "GET, HEAD";
        return SendAsync(
            context, _feed.Current, Answer.Error(405, $"{context.Request.Method} is not allowed", format), isHeld: false);
    }

    // This and what it calls by the way is not async where it has a state in hand: a state that an async method holds
    // stays, with the answers that were written from it, for as long as the method waits.
    private Task<bool> ReadAsync(
        HttpContext context, ClientIdentity client, RequestTarget.Resolved target, BodyFormat accepted)
    {
        var query = MetadataQuery.Parse(target.Query).WaitingUpTo(_waitMax);
        var read = new Read(
            client, target.Path, query, query.Format ?? accepted, Known: query.KnownTag ?? KnownTag(context), _settings);
        var state = _feed.Current;
        if (!_isCompatible && query.Problem is { } problem)
        {
            return SendAsync(context, state, Answer.Error(400, problem, read.Format), isHeld: false);
        }

        if (!IsFresh(state))
        {
            var reason = state.IsLoaded ? "the backend has been away for too long" : "the backend's keys are not loaded yet";
            return SendAsync(context, state, Answer.Error(503, reason, read.Format), isHeld: false);
        }

        if (_attested is not null && target.Path == AttestedPath)
        {
            context.Response.Headers.CacheControl = "no-store";
            var answer = _attested.Answer(state.Snapshot, _settings, client, target.Query, read.Format);
            return SendAsync(context, state, answer, isHeld: false);
        }

        if (IsEventStream(context) && state.Snapshot.For(client, _settings).IsKnown)
        {
            return StreamAsync(context, read, state);
        }

        // Of a place that is a document for cloud-init nothing is ever kept.
        if (!query.IsWait && state.Answers.Find(read.Key) is { } kept)
        {
            return SendAsync(context, state, kept, isHeld: false);
        }

        if (CloudTree.Covering(state.Snapshot.For(client, _settings), target.Path, client.Account) is { } cloud)
        {
            return SendAsync(context, state, Page(cloud.Find(target.Path), read.Format), isHeld: false);
        }

        return !query.IsWait ? SendAsync(context, state, Write(state, read), isHeld: false)
            : IsAnsweredAtOnce(state, read) ? SendAsync(context, state, Write(state, read), isHeld: true)
            : WaitAsync(context, read, NewWaiter(state, read), known: read.IsPartial ? Write(state, read).Tag : null);
    }

    private async Task<bool> WaitAsync(HttpContext context, Read read, Waiter waiter, string? known)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        var started = _time.GetTimestamp();
        while (true)
        {
            var left = read.Query.Timeout - _time.GetElapsedTime(started);
            var outcome = await WaitAsync(waiter, left < TimeSpan.Zero ? TimeSpan.Zero : left, ended.Token);
            if (outcome == WaitOutcome.NoRoom)
            {
                context.Response.Headers.RetryAfter = "1";
                return await SendAsync(
                    context, _feed.Current, Answer.Error(429, "too many requests wait", read.Format), isHeld: true);
            }

            // Nothing is written for a caller that is no longer there.
            context.RequestAborted.ThrowIfCancellationRequested();
            if (AnswerTo(context, read, known: outcome == WaitOutcome.Over ? null : known, ref waiter) is { } answer)
            {
                return await EndAsync(SendAsync(context, answer), isHeld: true);
            }
        }
    }

    // What changed may lie outside the part that is asked for, or below a depth that is not written: then there is no
    // answer yet, and the waiter becomes one that waits from what is now.
    private Answer? AnswerTo(HttpContext context, Read read, string? known, ref Waiter waiter)
    {
        var state = _feed.Current;
        var answer = Write(state, read);
        if (known is not null && answer.Tag == known)
        {
            waiter = NewWaiter(state, read);
            return null;
        }

        SetHeaders(context, state, answer);
        return answer;
    }

    private Task<bool> StreamAsync(HttpContext context, Read read, FeedState state)
    {
        _metrics.CountStream();
        Reply.SetVersion(context, _reply.NextRequestId(), state.Answers.Version);
        return EndAsync(_events.RunAsync(context, NewWaiter(state, read), _stopping), isHeld: true);
    }

    private Waiter NewWaiter(FeedState known, Read read) => new(read.Client, read.Path, known, _settings);

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

    private async Task<WaitOutcome> WaitAsync(Waiter waiter, TimeSpan? timeout, CancellationToken ended)
    {
        if (!_room.TryEnter(waiter))
        {
            return WaitOutcome.NoRoom;
        }

        try
        {
            var isWoken = await IsWokenAsync(waiter, timeout ?? Timeout.InfiniteTimeSpan, ended);
            if (isWoken && _quiet > TimeSpan.Zero)
            {
                await SettleAsync(waiter, ended);
            }

            return isWoken ? WaitOutcome.Woken : WaitOutcome.Over;
        }
        finally
        {
            _room.Leave(waiter);
        }
    }

    // Holds a woken request back until nothing it would show has changed for a while, but not for ever.
    private async Task SettleAsync(Waiter woken, CancellationToken ended)
    {
        var started = _time.GetTimestamp();
        var isMoving = true;
        while (isMoving && QuietTotalMax - _time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            var again = new Waiter(woken.Client, woken.Path, _feed.Current, _settings);
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
        if (state.Answers.Find(read.Key) is { } kept)
        {
            return kept;
        }

        if (state.Snapshot.For(read.Client, _settings).Find(read.Path) is not { } view)
        {
            return Answer.Error(404, "Not found", read.Format);
        }

        var data = view as View.DataView;
        var answer = data is null ? Write(view, read) : WriteShared(state, data, read);
        if (data is null || !read.Query.IsWait)
        {
            // Whoever waits again waits for another answer: what others find too is not kept for that caller beside it.
            state.Answers.Keep(read.Key, answer);
        }

        return answer;
    }

    // What comes from the data alone is written once for all who see it alike: a change may wake thousands of them.
    private static Answer WriteShared(FeedState state, View.DataView data, Read read)
    {
        var key = new SharedAnswerKey(data, read.Form);
        if (state.Answers.Find(key) is not { } answer)
        {
            answer = Write(data, read);
            state.Answers.Keep(key, answer, read.Client.Account);
        }

        return answer;
    }

    private static Answer Write(View view, Read read)
    {
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

    private Task<bool> SendAsync(HttpContext context, FeedState state, Answer answer, bool isHeld)
    {
        SetHeaders(context, state, answer);
        return EndAsync(SendAsync(context, answer), isHeld);
    }

    private void SetHeaders(HttpContext context, FeedState state, Answer answer)
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
        }
    }

    private Task SendAsync(HttpContext context, Answer answer)
    {
        if (!answer.IsError && KnownTag(context) is { } known && answer.IsKnownAs(known))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return _reply.SendAsync(context, answer);
    }

    private static async Task<bool> EndAsync(Task sending, bool isHeld)
    {
        await sending;
        return isHeld;
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
        ClientIdentity Client,
        MetadataPath Path,
        MetadataQuery Query,
        BodyFormat Format,
        string? Known,
        ViewSettings Settings)
    {
        public bool IsPartial => Known is not null || Query.IsListing || Query.Limits is not null;

        public AnswerKey Key => new(Client, Settings, Path, Form);

        public AnswerForm Form => new(
            Format, IsPretty: Query.IsPretty && Format == BodyFormat.Json, Query.IsListing, Query.Depth, Query.Count, Query.After);
    }
}
