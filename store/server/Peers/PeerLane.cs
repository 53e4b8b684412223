using System.Globalization;
using System.Threading.Channels;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Rpc;

namespace Sync.Store.Peers;

/// <summary>How the attempt to reach a peer ended.</summary>
/// <param name="Sentence">What went wrong.</param>
/// <param name="IsRefusal">Whether the peer answered, and this member does not belong to it.</param>
/// <param name="PeerKnowsLeader">Whether the peer that refused is in a cluster that works.</param>
internal sealed record PeerFailure(string Sentence, bool IsRefusal, bool PeerKnowsLeader)
{
    /// <summary>Whether this member must not go on, whoever else welcomes it: it was removed, or has lost its data.</summary>
    public bool IsFinal { get; init; }
}

/// <summary>One stream of messages to a peer over a connection of its own, with a bounded queue before it.</summary>
/// <param name="channels">Makes the connection.</param>
/// <param name="identity">Who sends.</param>
/// <param name="peer">Who receives.</param>
/// <param name="queuedBytesMax">How much may wait, counted roughly; what exceeds it is dropped.</param>
/// <remarks>Any thread sends; one loop connects and writes. Without a connection everything is dropped at once.</remarks>
internal sealed class PeerLane(PeerChannels channels, PeerIdentity identity, MemberId peer, long queuedBytesMax)
{
    /// <summary>The largest frame that is taken: what one frame carries, and one entry of the largest size.</summary>
    public const int FrameBytesMax = 64 * 1024 * 1024;

    // One frame carries what waits up to about this much, so that a small message costs little.
    private const int FrameBytes = 256 * 1024;
    private const int QueuedMessagesMax = 4096;

    private static readonly TimeSpan HandshakePatience = TimeSpan.FromSeconds(3);

    private readonly Channel<(object Message, int Weight)> _queue = Channel.CreateBounded<(object, int)>(
        new BoundedChannelOptions(QueuedMessagesMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private long _queuedBytes;
    private volatile bool _isConnected;

    /// <summary>Whether the peer takes messages.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Queues a message.</summary>
    /// <param name="message">An immutable message of the consensus or of the member.</param>
    /// <param name="weight">About how many bytes it has.</param>
    /// <returns>False when it was dropped.</returns>
    public bool TrySend(object message, int weight)
    {
        if (!_isConnected || Volatile.Read(ref _queuedBytes) + weight > queuedBytesMax
            || !_queue.Writer.TryWrite((message, weight)))
        {
            return false;
        }

        Interlocked.Add(ref _queuedBytes, weight);
        return true;
    }

    /// <summary>Connects once, and sends until the connection or the token ends.</summary>
    /// <param name="url">Where the peer is.</param>
    /// <param name="connected">Called when the peer has welcomed this member.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>Why it ended.</returns>
    public async Task<PeerFailure> RunOnceAsync(string url, Action connected, CancellationToken stopping)
    {
        using var channel = channels.Open(url);
        try
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            using var call = await ConnectAsync(channel, ended.Token);
            identity.Welcomed();
            _isConnected = true;
            connected();
            await PumpAsync(call, ended);
            return new PeerFailure("The connection ended.", IsRefusal: false, PeerKnowsLeader: false);
        }
        catch (RpcException failure)
        {
            var refusal = RefusalOf(failure);
            return !_isConnected && !refusal.IsRefusal
                && channels.ExplainEnd(url, failure.Status.DebugException) is { } explanation
                    ? refusal with { Sentence = explanation }
                    : refusal;
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or InvalidOperationException)
        {
            return new PeerFailure(failure.Message, IsRefusal: false, PeerKnowsLeader: false);
        }
        finally
        {
            _isConnected = false;
            DropQueued();
        }
    }

    /// <summary>What a failed call says.</summary>
    public static PeerFailure RefusalOf(RpcException failure)
    {
        if (failure.Trailers.GetValue(RpcErrors.KnowsLeaderKey) is { } knowsLeader)
        {
            return new PeerFailure(failure.Status.Detail, IsRefusal: true, PeerKnowsLeader: knowsLeader == "true")
            {
                IsFinal = failure.StatusCode is StatusCode.NotFound or StatusCode.DataLoss,
            };
        }

        var cause = failure.Status.DebugException?.GetBaseException();
        return new PeerFailure(
            cause?.Message ?? failure.Status.Detail,
            IsRefusal: cause is System.Security.Authentication.AuthenticationException,
            PeerKnowsLeader: false);
    }

    private async Task<AsyncDuplexStreamingCall<Frame, Welcome>> ConnectAsync(
        GrpcChannel channel, CancellationToken ended)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ended);
        patience.CancelAfter(HandshakePatience);
        var client = new Peer.PeerClient(channel);
        await client.IntroduceAsync(identity.IntroduceTo(peer), cancellationToken: patience.Token);
        var caller = new Metadata
        {
            { PeerService.CallerKey, identity.Self.Value.ToString("x", CultureInfo.InvariantCulture) },
        };
        var call = client.Exchange(caller, cancellationToken: ended);
        try
        {
            await call.ResponseStream.MoveNext(patience.Token);
            return call;
        }
        catch
        {
            call.Dispose();
            throw;
        }
    }

    // The peer says nothing more after its welcome: when reading ends, so has the connection.
    private async Task PumpAsync(AsyncDuplexStreamingCall<Frame, Welcome> call, CancellationTokenSource ended)
    {
        var reading = ReadToEndAsync(call, ended);
        try
        {
            while (await _queue.Reader.WaitToReadAsync(ended.Token))
            {
                await call.RequestStream.WriteAsync(TakeFrame(), ended.Token);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await reading;
        }
    }

    private static async Task ReadToEndAsync(
        AsyncDuplexStreamingCall<Frame, Welcome> call, CancellationTokenSource ended)
    {
        try
        {
            await call.ResponseStream.MoveNext(ended.Token);
        }
        catch (Exception failure) when (failure is RpcException or OperationCanceledException or IOException)
        {
            // The writer meets the same end and tells it.
        }

        await ended.CancelAsync();
    }

    private Frame TakeFrame()
    {
        var frame = new Frame();
        var bytes = 0;
        while (bytes < FrameBytes && _queue.Reader.TryRead(out var queued))
        {
            Interlocked.Add(ref _queuedBytes, -queued.Weight);
            bytes += PeerFrames.Add(frame, queued.Message, identity.Group.Group, identity.Group.Incarnation);
        }

        return frame;
    }

    private void DropQueued()
    {
        while (_queue.Reader.TryRead(out var dropped))
        {
            Interlocked.Add(ref _queuedBytes, -dropped.Weight);
        }
    }
}
