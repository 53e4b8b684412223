using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Sync.Metad.Clients;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
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
    private readonly CallerIdentity _identity;
    private readonly Reply _reply;
    private readonly MetadMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stopping;
    private readonly ViewSettings _settings;
    private readonly TimeSpan _quiet;
    private readonly TimeSpan _staleMax;

    /// <summary>Creates the endpoint.</summary>
    public MetadataEndpoint(EndpointServices services, CallerIdentity identity, WaitingRoom room, MetadOptions options)
    {
        _feed = services.Feed;
        _reply = services.Reply;
        _metrics = services.Metrics;
        _time = services.Time;
        _stopping = services.Stopping;
        _identity = identity;
        _room = room;
        _settings = new(options.UnknownMayRead, options.OnlySelf);
        _quiet = options.WaitQuiet;
        _staleMax = options.StaleMax;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    public async Task HandleAsync(HttpContext context, string rawTarget)
    {
        var state = _feed.Current;
        var format = AcceptHeader.Choose(context.Request.Headers.Accept);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (isRead && TryIdentify(context, out var client) && IsFresh(state)
            && state.Answers.Find(new(client, rawTarget, format)) is { } kept)
        {
            await SendAsync(context, state, kept);
            return;
        }

        switch (RequestTarget.Decode(rawTarget))
        {
            case RequestTarget.Redirected redirected:
                await Reply.RedirectAsync(context, redirected.Location);
                break;
            case RequestTarget.Resolved resolved when isRead && !resolved.Path.Bytes.SequenceEqual("/favicon.ico"u8):
                await ReadAsync(context, rawTarget, resolved, format);
                break;
            case RequestTarget.Malformed:
                await SendAsync(context, state, Answer.Error(400, "the path cannot be decoded", format));
                break;
            default:
                _metrics.CountRequest(StatusCodes.Status404NotFound);
                await Reply.SendAsync(context, Answer.NoRoute);
                break;
        }
    }

    private async Task ReadAsync(HttpContext context, string rawTarget, RequestTarget.Resolved target, BodyFormat accepted)
    {
        var query = MetadataQuery.Parse(target.Query);
        var format = query.Format ?? accepted;
        var state = _feed.Current;
        var caller = Identify(context);
        if (caller is not Caller.Known { Client: var client })
        {
            var refusal = caller is Caller.Forwarded
                ? Answer.Error(403, "X-Forwarded-For is not accepted", format)
                : Answer.Error(400, "X-Forwarded-For holds no ip", format);
            await SendAsync(context, state, refusal);
            return;
        }

        if (!IsFresh(state))
        {
            var reason = state.IsLoaded ? "the backend has been away for too long" : "the backend's keys are not loaded yet";
            await SendAsync(context, state, Answer.Error(503, reason, format));
            return;
        }

        if (query.IsWait && !IsAnsweredAtOnce(state, client, target.Path, query.Version))
        {
            if (!await WaitAsync(context, state, client, target.Path, query.Timeout))
            {
                context.Response.Headers.RetryAfter = "1";
                await SendAsync(context, state, Answer.Error(429, "too many requests wait", format));
                return;
            }

            state = _feed.Current;
        }

        var answer = Write(state.Snapshot.For(client, _settings).Find(target.Path), format, query.IsPretty);
        if (!query.IsWait)
        {
            state.Answers.Keep(new(client, rawTarget, accepted), answer);
        }

        await SendAsync(context, state, answer);
    }

    // A caller with another version is told what is; a name that the caller's mapping lacks is not waited for.
    private bool IsAnsweredAtOnce(FeedState state, ClientIdentity client, MetadataPath path, long? version)
    {
        if (version is { } known && known != state.Snapshot.Revision)
        {
            return true;
        }

        var view = state.Snapshot.For(client, _settings);
        return ClientView.IsSelf(path) && view.IsKnown && !view.HasNameFor(path);
    }

    // Returns false when there is no room to wait.
    private async Task<bool> WaitAsync(
        HttpContext context, FeedState known, ClientIdentity client, MetadataPath path, TimeSpan? timeout)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        var waiter = new Waiter(client, path, known, _settings);
        if (!_room.TryEnter(waiter))
        {
            return false;
        }

        try
        {
            var isWoken = await IsWokenAsync(waiter, timeout ?? Timeout.InfiniteTimeSpan, ended.Token);
            if (isWoken && _quiet > TimeSpan.Zero)
            {
                await SettleAsync(client, path, ended.Token);
            }
        }
        finally
        {
            _room.Leave(waiter);
        }

        return true;
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

    private static Answer Write(View? view, BodyFormat format, bool isPretty)
    {
        if (view is null)
        {
            return Answer.Error(404, "Not found", format);
        }

        var buffer = new ByteBuffer(1024);
        ViewFormat.Write(buffer, view, format, isPretty);
        return Answer.Of(buffer, format);
    }

    private bool TryIdentify(HttpContext context, out ClientIdentity client)
    {
        var caller = Identify(context) as Caller.Known;
        client = caller?.Client ?? default;
        return caller is not null;
    }

    private Caller Identify(HttpContext context) => _identity.Identify(
        context.Features.GetRequiredFeature<IHttpConnectionFeature>().RemoteIpAddress ?? IPAddress.None,
        context.Request.Headers["X-Forwarded-For"]);

    private bool IsFresh(FeedState state) => state.IsLoaded
        && (_staleMax == TimeSpan.Zero || state.LostSince is not { } since || _time.GetUtcNow() - since <= _staleMax);

    private Task SendAsync(HttpContext context, FeedState state, Answer answer)
    {
        _metrics.CountRequest(answer.Status);
        Reply.SetVersion(context, _reply.NextRequestId(), state.Answers.Version);
        if (state.LostSince is { } since)
        {
            var seconds = Math.Max(0, (long)(_time.GetUtcNow() - since).TotalSeconds);
            context.Response.Headers["X-Metad-Stale"] = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return Reply.SendAsync(context, answer);
    }
}
