using Grpc.Core;
using Sync.Mvcc;
using Sync.Store.Rpc;

namespace Sync.Store.Hosting;

/// <summary>
/// Ends long streams when their client goes, the server stops or was removed, the leader that they want is lost, or the data is
/// wrong.
/// </summary>
/// <param name="lifetime">Says when the server stops.</param>
/// <param name="leader">Says when there is no leader for too long.</param>
internal sealed class StreamLifetime(IHostApplicationLifetime lifetime, LeaderWatch leader)
{
    // In which a client takes the end of its stream in.
    private static readonly TimeSpan ReadingTime = TimeSpan.FromMilliseconds(50);

    // Bound by _lock: the end of the last stream ends _over, and the first one after it begins another.
    private readonly Lock _lock = new();
    private TaskCompletionSource _over = new();
    private int _open;

    /// <summary>Begins to watch over a stream.</summary>
    public StreamCall Begin(ServerCallContext context)
    {
        Enter();
        context.GetHttpContext().Response.OnCompleted(() =>
        {
            Leave();
            return Task.CompletedTask;
        });
        return new(
            context.CancellationToken,
            lifetime.ApplicationStopping,
            leader.Removed,
            CallGate.NeedsLeader(context) ? leader.Lost : CancellationToken.None,
            leader.Diverged);
    }

    /// <summary>Ends when every stream is over and its end is on the way to its client, or the time is up.</summary>
    /// <param name="most">How long a client that does not read is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <remarks>
    /// The HTTP server closes a connection right behind the end of its last stream. A client that still had requests to send
    /// on it can then be told of a lost connection instead of the reason, though that came first.
    /// </remarks>
    public async Task EndAsync(TimeSpan most, TimeProvider time)
    {
        Task over;
        lock (_lock)
        {
            if (_open == 0)
            {
                return;
            }

            over = _over.Task.WaitAsync(most, time);
        }

        await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(ReadingTime, time);
    }

    private void Enter()
    {
        lock (_lock)
        {
            if (_open++ == 0)
            {
                _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_open == 0)
            {
                _over.SetResult();
            }
        }
    }
}

/// <summary>One stream: why and when it ends.</summary>
internal sealed class StreamCall : IDisposable
{
    private readonly CancellationToken _clientGone;
    private readonly CancellationToken _serverStops;
    private readonly CancellationToken _removed;
    private readonly CancellationToken _leaderLost;
    private readonly CancellationToken _diverged;
    private readonly CancellationTokenSource _ended;

    internal StreamCall(
        CancellationToken clientGone,
        CancellationToken serverStops,
        CancellationToken removed,
        CancellationToken leaderLost,
        CancellationToken diverged)
    {
        _clientGone = clientGone;
        _serverStops = serverStops;
        _removed = removed;
        _leaderLost = leaderLost;
        _diverged = diverged;
        _ended = CancellationTokenSource.CreateLinkedTokenSource([clientGone, serverStops, removed, leaderLost, diverged]);
    }

    /// <summary>Fires when either side ends the stream.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether an exception only says that the stream has ended.</summary>
    public bool IsEnd(Exception exception) =>
        exception is OperationCanceledException or IOException or InvalidOperationException
        && Ended.IsCancellationRequested;

    /// <summary>Lets the two sides of a stream run until it is over.</summary>
    /// <remarks>
    /// The client may close its side and still listen; the stream ends when the writer does, or when a request cannot be
    /// read. Both are over when this returns, so nothing of the stream comes after its end.
    /// </remarks>
    public async Task RunAsync(Task reading, Task writing)
    {
        try
        {
            if (await Task.WhenAny(reading, writing) == reading)
            {
                await reading;
            }

            await writing;
        }
        finally
        {
            await _ended.CancelAsync();
            await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tells a client that is still there why the stream ended; an end without a reason would be taken as final.</summary>
    /// <exception cref="RpcException">The server stops, the leader is lost, the data differs, or the stream broke.</exception>
    public void ThrowWhenStopped()
    {
        if (_clientGone.IsCancellationRequested)
        {
            return;
        }

        if (_serverStops.IsCancellationRequested || _removed.IsCancellationRequested)
        {
            throw RpcErrors.Stopped;
        }

        if (_leaderLost.IsCancellationRequested)
        {
            throw RpcErrors.NoLeader;
        }

        if (_diverged.IsCancellationRequested)
        {
            throw RpcErrors.Of(StoreError.Corrupt);
        }

        throw RpcErrors.StreamBroke;
    }

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();
}
