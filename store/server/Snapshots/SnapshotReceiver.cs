using Grpc.Core;
using Sync.Disk;
using Sync.Disk.Snapshots;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Store.Hosting;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Snapshots;

/// <summary>Takes a snapshot from the leader in beside the member's own state, and offers it to the member when it is whole.</summary>
internal sealed class SnapshotReceiver(
    DataDirectory directory, PeerIdentity identity, Inbox<MemberRequest> inbox, FailStop failStop)
{
    // A second one beside it would only fill the disk.
    private int _isReceiving;

    /// <summary>Reads one whole stream.</summary>
    /// <param name="pieces">What the sender says.</param>
    /// <param name="caller">Who sends.</param>
    /// <param name="ended">Fires when either side ends it.</param>
    /// <exception cref="RpcException">It is of no use here.</exception>
    public async Task ReceiveAsync(IAsyncStreamReader<SnapshotPiece> pieces, MemberId caller, CancellationToken ended)
    {
        if (!await pieces.MoveNext(ended) || ReadOffer(pieces.Current.Offer.Memory, caller) is not { } offer)
        {
            throw RpcErrors.PeerRefused("A snapshot must begin with an offer to this member.", knowsLeader: true);
        }

        if (Interlocked.Exchange(ref _isReceiving, 1) == 1)
        {
            throw RpcErrors.PeerRefused("Another snapshot is being received.", knowsLeader: true);
        }

        try
        {
            await ReceiveAsync(pieces, offer, ended);
        }
        catch (SnapshotException damaged)
        {
            throw RpcErrors.PeerRefused(damaged.Message, knowsLeader: true);
        }
        catch (Exception failure) when (failure is DamageException or DiskFailureException)
        {
            failStop.Stop(failure);
            throw RpcErrors.Stopped;
        }
        finally
        {
            Volatile.Write(ref _isReceiving, 0);
        }
    }

    private async Task ReceiveAsync(
        IAsyncStreamReader<SnapshotPiece> pieces, SnapshotOffer offer, CancellationToken ended)
    {
        var staging = directory.Receive($"the snapshot of member {offer.From}");
        var isPassedOn = false;
        try
        {
            while (await pieces.MoveNext(ended))
            {
                staging.Accept(staging.Offset, pieces.Current.Content.Span);
            }

            staging.Complete();
            var received = new MemberRequest.SnapshotReceived(offer, staging);
            isPassedOn = inbox.TryPostReserved(received);
            if (isPassedOn)
            {
                await received.Task.WaitAsync(ended);
            }
        }
        finally
        {
            if (!isPassedOn)
            {
                staging.Dispose();
            }
        }
    }

    private SnapshotOffer? ReadOffer(ReadOnlyMemory<byte> bytes, MemberId caller) =>
        MessageCodec.Decode(bytes) is MessageDecoding.Decoded { Message: SnapshotOffer offer } decoded
        && (decoded.Group, decoded.Incarnation) == identity.Group
        && offer.From == caller && offer.To == identity.Self
            ? offer
            : null;
}
