using Grpc.Core;
using Sync.Store.Rpc;

namespace Sync.Store.Hosting;

/// <summary>Ends long streams when their client goes or the server stops.</summary>
/// <param name="lifetime">Says when the server stops.</param>
internal sealed class StreamLifetime(IHostApplicationLifetime lifetime)
{
    /// <summary>Begins to watch over a stream.</summary>
    public StreamCall Begin(ServerCallContext context) =>
        new(context.CancellationToken, lifetime.ApplicationStopping);
}

/// <summary>One stream: why and when it ends.</summary>
internal sealed class StreamCall : IDisposable
{
    private readonly CancellationToken _clientGone;
    private readonly CancellationToken _serverStops;
    private readonly CancellationTokenSource _ended;

    internal StreamCall(CancellationToken clientGone, CancellationToken serverStops)
    {
        _clientGone = clientGone;
        _serverStops = serverStops;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(clientGone, serverStops);
    }

    /// <summary>Fires when either side ends the stream.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether an exception only says that the stream has ended.</summary>
    public bool IsEnd(Exception exception) =>
        exception is OperationCanceledException or IOException or InvalidOperationException
        && Ended.IsCancellationRequested;

    /// <summary>Ends the stream from this side.</summary>
    public Task EndAsync() => _ended.CancelAsync();

    /// <summary>Tells a client that is still there that the server stops.</summary>
    /// <exception cref="RpcException">The server stops.</exception>
    public void ThrowWhenStopped()
    {
        if (_serverStops.IsCancellationRequested && !_clientGone.IsCancellationRequested)
        {
            throw RpcErrors.Stopped;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ended.Dispose();
}
