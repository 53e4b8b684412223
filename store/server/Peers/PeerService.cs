using System.Collections.Concurrent;
using System.Globalization;
using Grpc.Core;
using Sync.Mvcc;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Hosting;
using Sync.Store.Http;
using Sync.Store.Replication;
using Sync.Store.Rpc;
using Sync.Store.Snapshots;

namespace Sync.Store.Peers;

/// <summary>Answers the other members on the peer port.</summary>
internal sealed partial class PeerService(
    PeerIdentity identity,
    Inbox<MemberRequest> inbox,
    StoreFront front,
    MemberChanges changes,
    SnapshotReceiver snapshots,
    OrderlyStop stop,
    PeerLinks links,
    ILogger<PeerService> logger)
    : Peer.PeerBase
{
    /// <summary>The metadata key of the calling member's identity, in hexadecimal.</summary>
    public const string CallerKey = "sync-member";

    private const int ToldMax = 1000;

    private readonly ConcurrentDictionary<ulong, string> _told = [];

    /// <inheritdoc/>
    public override Task<Introduction> Introduce(Introduction request, ServerCallContext context)
    {
        if (identity.WasRemoved(request))
        {
            throw RpcErrors.PeerRemoved($"{MemberLoop.RemovedText}.");
        }

        if (identity.FindLoss(request) is { } loss)
        {
            TellRefusal(request, context.Peer, loss);
            throw RpcErrors.PeerLostItsData(loss);
        }

        var own = identity.IntroduceTo(new MemberId(request.MemberId));
        if (identity.FindDifference(request) is { } difference)
        {
            TellRefusal(request, context.Peer, difference);
            throw RpcErrors.PeerRefused(difference, own.KnowsLeader);
        }

        if (PeerPort.Of(context.GetHttpContext()) is { } connection)
        {
            connection.Caller = new MemberId(request.MemberId);
        }

        links.Introduced(new MemberId(request.MemberId), request.PeerUrls);
        return Task.FromResult(own);
    }

    /// <inheritdoc/>
    public override async Task Exchange(
        IAsyncStreamReader<Frame> requestStream, IServerStreamWriter<Welcome> responseStream, ServerCallContext context)
    {
        var caller = CallerOf(context);

        // Other members are heard until leadership is handed over, longer than clients are.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stop.Over);
        try
        {
            await responseStream.WriteAsync(new Welcome(), ended.Token);
            links.Heard(caller);
            while (await requestStream.MoveNext(ended.Token))
            {
                if (identity.WasRemoved(caller))
                {
                    // It connects anew and hears why nobody listens to it.
                    throw RpcErrors.PeerRemoved($"{MemberLoop.RemovedText}.");
                }

                foreach (var bytes in requestStream.Current.Messages)
                {
                    Take(bytes.Memory, caller);
                }
            }
        }
        catch (Exception end) when (ended.IsCancellationRequested
            && end is OperationCanceledException or IOException or InvalidOperationException)
        {
            // Either side has ended the stream. What the other may still send is not waited for.
            context.GetHttpContext().Abort();
        }
    }

    /// <inheritdoc/>
    public override async Task<ChangeReply> Change(ChangeQuestion request, ServerCallContext context)
    {
        RequireOwnCluster(request.ClusterId);
        await changes.MakeHereAsync(MemberChanges.FromWire(request));
        return new ChangeReply();
    }

    /// <inheritdoc/>
    public override async Task<SnapshotReceipt> Catch(
        IAsyncStreamReader<SnapshotPiece> requestStream, ServerCallContext context)
    {
        var caller = CallerOf(context);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stop.Over);
        await snapshots.ReceiveAsync(requestStream, caller, ended.Token);
        return new SnapshotReceipt();
    }

    /// <inheritdoc/>
    public override async Task<HashAnswer> Hash(HashQuestion request, ServerCallContext context)
    {
        RequireOwnCluster(request.ClusterId);
        var view = front.View;
        var revision = new Revision(request.Revision);
        if (revision > view.Revision || (revision.IsSome && revision < view.CompactedRevision))
        {
            return new HashAnswer { Revision = view.Revision.Value };
        }

        var hash = await front.HashAsync(view, revision, context.CancellationToken);
        return new HashAnswer
        {
            Hash = hash.Hash,
            Revision = hash.HashRevision.Value,
            CompactRevision = hash.CompactedRevision.Value,
            IsComparable = true,
        };
    }

    private void RequireOwnCluster(ulong clusterId)
    {
        if (clusterId != identity.ClusterId)
        {
            throw RpcErrors.ClusterIdMismatch;
        }
    }

    // A refused member tries again and again; the same reason is told once.
    private void TellRefusal(Introduction caller, string address, string difference)
    {
        if (_told.Count > ToldMax)
        {
            _told.Clear();
        }

        if (!_told.TryGetValue(caller.MemberId, out var last) || last != difference)
        {
            _told[caller.MemberId] = difference;
            Log.Refused(logger, caller.MemberId, caller.Name, address, difference);
        }
    }

    // A stream is of the member that was welcomed on its connection, whatever it says.
    private static MemberId CallerOf(ServerCallContext context)
    {
        if (!ulong.TryParse(
            context.RequestHeaders.GetValue(CallerKey), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var id)
            || id == 0)
        {
            throw RpcErrors.PeerRefused("The stream does not say which member it is from.", knowsLeader: false);
        }

        var caller = new MemberId(id);
        return PeerPort.Of(context.GetHttpContext())?.Caller == caller ? caller : throw RpcErrors.PeerNotIntroduced(caller);
    }

    // A full inbox loses the message, as a network may; the consensus sends again what matters.
    private void Take(ReadOnlyMemory<byte> bytes, MemberId caller)
    {
        var (message, fault) = PeerFrames.Read(bytes, caller, identity);
        if (message is not null)
        {
            inbox.TryPostReserved(message, bytes.Length);
        }
        else if (fault is not null)
        {
            Log.Malformed(logger, caller.Value, fault);
            throw RpcErrors.PeerRefused(fault, knowsLeader: false);
        }
    }
}
