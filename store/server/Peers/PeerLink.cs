using Sync.Member.Forwarding;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Store.Replication;

namespace Sync.Store.Peers;

/// <summary>
/// The way to one other member: a lane for entries and large requests, and one beside it for all that must not wait
/// behind them, such as heartbeats.
/// </summary>
internal sealed partial class PeerLink : IDisposable
{
    private const long UrgentBytesMax = 16L * 1024 * 1024;
    private const long BulkBytesMax = 64L * 1024 * 1024;
    private const int HeadBytes = 64;

    // A peer that refuses is asked at the longest pause; it changes its mind when an operator mends something.
    private const int RefusedAttempts = 10;

    private static readonly TimeSpan BackoffMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromMilliseconds(800);

    private readonly MemberId _peer;
    private readonly Inbox<MemberRequest> _inbox;
    private readonly Action<MemberId, PeerFailure> _refused;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly PeerLane _urgent;
    private readonly PeerLane _bulk;
    private readonly CancellationTokenSource _removed = new();

    // Both lanes come and go by themselves.
    private readonly Lock _state = new();
    private volatile IReadOnlyList<string> _urls;
    private string? _lastFailure;
    private volatile string? _reachedAt;
    private volatile TaskCompletionSource _heard = NewSignal();
    private CancellationTokenSource _asked = new();
    private int _reportedUnreachable;
    private long _connectedSince = long.MaxValue;

    /// <summary>A link that is not connected yet.</summary>
    /// <param name="peer">The other member.</param>
    /// <param name="urls">Where it is.</param>
    /// <param name="channels">Makes connections.</param>
    /// <param name="identity">Who sends.</param>
    /// <param name="inbox">Hears of messages that were not delivered.</param>
    /// <param name="refused">Hears why the peer does not take messages.</param>
    /// <param name="time">Waits between attempts.</param>
    /// <param name="logger">Where connections are told.</param>
    public PeerLink(
        MemberId peer,
        IReadOnlyList<string> urls,
        PeerChannels channels,
        PeerIdentity identity,
        Inbox<MemberRequest> inbox,
        Action<MemberId, PeerFailure> refused,
        TimeProvider time,
        ILogger logger)
    {
        (_peer, _urls, _inbox, _refused, _time, _logger) = (peer, urls, inbox, refused, time, logger);
        _urgent = new PeerLane(channels, identity, peer, UrgentBytesMax);
        _bulk = new PeerLane(channels, identity, peer, BulkBytesMax);
    }

    /// <summary>Where the peer is; a change counts from the next attempt on.</summary>
    public IReadOnlyList<string> Urls
    {
        get => _urls;
        set => _urls = value;
    }

    /// <summary>Where the peer was reached last; the first of its addresses while it never was.</summary>
    public string Url => _reachedAt is { } reached && _urls.Contains(reached) ? reached : _urls[0];

    /// <summary>Since when messages of both lanes get through, as a timestamp of the clock; the largest number while they do not.</summary>
    public long ConnectedSince => Volatile.Read(ref _connectedSince);

    /// <summary>Sends a message, or drops it and tells the member that the peer is out of reach.</summary>
    public void Send(Message message)
    {
        var weight = WeightOf(message);

        // All appends take one way: one that overtakes another would look like a gap.
        Send(message is AppendRequest ? _bulk : _urgent, message, weight);
    }

    /// <summary>Sends a message, or drops it and tells the member that the peer is out of reach.</summary>
    public void Send(MemberMessage message)
    {
        var isBulk = message is ForwardedProposal;
        Send(isBulk ? _bulk : _urgent, message, HeadBytes + (message as ForwardedProposal)?.Payload.Length ?? HeadBytes);
    }

    /// <summary>Connects again and again until the link is removed or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, _removed.Token);
        await Task.WhenAll(RunAsync(_urgent, ended.Token), RunAsync(_bulk, ended.Token));
    }

    /// <summary>The peer has reached this member: it is worth trying to reach it now, and not after a pause.</summary>
    public void Heard() => Interlocked.Exchange(ref _heard, NewSignal()).TrySetResult();

    /// <summary>Connects anew, so that the peer says whether this member belongs to it.</summary>
    public void AskAgain() => Interlocked.Exchange(ref _asked, new CancellationTokenSource()).Cancel();

    /// <summary>Ends the link: the peer is no member any more.</summary>
    public Task RemoveAsync() => _removed.CancelAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _removed.Dispose();
        _asked.Dispose();
    }

    private static int WeightOf(Message message)
    {
        var weight = HeadBytes;
        if (message is AppendRequest append)
        {
            foreach (var entry in append.Entries.Span)
            {
                weight += entry.Payload.Length + HeadBytes;
            }
        }

        return weight;
    }

    private void Send(PeerLane lane, object message, int weight)
    {
        if (!lane.TrySend(message, weight) && Interlocked.Exchange(ref _reportedUnreachable, 1) == 0)
        {
            _inbox.Post(new MemberRequest.PeerUnreachable(_peer, () => Volatile.Write(ref _reportedUnreachable, 0)));
        }
    }

    private async Task RunAsync(PeerLane lane, CancellationToken ended)
    {
        for (var attempt = 0; !ended.IsCancellationRequested; attempt++)
        {
            var urls = _urls;
            var url = urls[attempt % urls.Count];
            var heard = _heard.Task;
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(ended, Volatile.Read(ref _asked).Token);
            var failure = await lane.RunOnceAsync(
                url,
                () =>
                {
                    attempt = 0;
                    _reachedAt = url;
                    Connected();
                },
                connection.Token);
            if (!ended.IsCancellationRequested)
            {
                Failed(failure);
            }

            // However it ends, the next attempt follows.
            await heard.WaitAsync(PauseAfter(failure.IsRefusal ? RefusedAttempts : attempt), _time, ended)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            attempt = heard.IsCompleted ? 0 : attempt;
        }
    }

    // A peer that takes no entries is not in reach, though heartbeats come through.
    private void Connected()
    {
        lock (_state)
        {
            if (!_urgent.IsConnected || !_bulk.IsConnected)
            {
                return;
            }

            _lastFailure = null;
            Volatile.Write(ref _connectedSince, _time.GetTimestamp());
        }

        Log.Connected(_logger, _peer.Value);
    }

    // The same reason again and again is told once.
    private void Failed(PeerFailure failure)
    {
        bool isNew;
        lock (_state)
        {
            isNew = failure.Sentence != _lastFailure;
            _lastFailure = failure.Sentence;
            Volatile.Write(ref _connectedSince, long.MaxValue);
        }

        if (isNew)
        {
            Log.NotConnected(_logger, _peer.Value, string.Join(',', _urls), failure.Sentence);
        }

        if (failure.IsRefusal)
        {
            _refused(_peer, failure);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan PauseAfter(int attempt)
    {
        var pause = BackoffMin * Math.Pow(2, Math.Min(attempt, 10));
        return (pause < BackoffMax ? pause : BackoffMax) * (0.75 + (Random.Shared.NextDouble() / 2));
    }
}
