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
    : IDisposable
{
    // A sender that is gone without a word is not waited for; a slow one sends something all the time.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RoomPatience = TimeSpan.FromSeconds(2);

    // A second one beside it would only fill the disk.
    private readonly SemaphoreSlim _room = new(1);
    private volatile Reception? _current;

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

        using var reception = new Reception(offer, ended);
        if (!await TakeRoomAsync(reception))
        {
            throw RpcErrors.PeerRefused("Another snapshot is being received.", knowsLeader: true);
        }

        try
        {
            await ReceiveAsync(pieces, reception);
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
            _current = null;
            _room.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();

    // A newer leader's snapshot, or a new one of the same sender, takes the place of the one that is being received.
    private async Task<bool> TakeRoomAsync(Reception reception)
    {
        if (!await _room.WaitAsync(TimeSpan.Zero))
        {
            if (_current is { } old && old.Offer.Term <= reception.Offer.Term
                && (old.Offer.Term < reception.Offer.Term || old.Offer.From == reception.Offer.From))
            {
                await old.GiveUpAsync();
            }

            if (!await _room.WaitAsync(RoomPatience, reception.Ended))
            {
                return false;
            }
        }

        _current = reception;
        return true;
    }

    private async Task ReceiveAsync(IAsyncStreamReader<SnapshotPiece> pieces, Reception reception)
    {
        var staging = directory.Receive($"the snapshot of member {reception.Offer.From}");
        var isPassedOn = false;
        try
        {
            reception.ExpectWithin(SilenceMax);
            while (await pieces.MoveNext(reception.Ended))
            {
                staging.Accept(staging.Offset, pieces.Current.Content.Span);
                reception.ExpectWithin(SilenceMax);
            }

            reception.ExpectWithin(Timeout.InfiniteTimeSpan);
            staging.Complete();
            var received = new MemberRequest.SnapshotReceived(reception.Offer, staging);
            isPassedOn = inbox.TryPostReserved(received);
            if (isPassedOn)
            {
                await received.Task.WaitAsync(reception.Ended);
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

    // One snapshot on its way in, and when it ends without being whole.
    private sealed class Reception : IDisposable
    {
        private readonly CancellationTokenSource _ended;

        public Reception(SnapshotOffer offer, CancellationToken ended)
        {
            Offer = offer;
            _ended = CancellationTokenSource.CreateLinkedTokenSource(ended);
            Ended = _ended.Token;
        }

        public SnapshotOffer Offer { get; }

        public CancellationToken Ended { get; }

        public void ExpectWithin(TimeSpan patience) => _ended.CancelAfter(patience);

        public async Task GiveUpAsync()
        {
            try
            {
                await _ended.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It has ended meanwhile.
            }
        }

        public void Dispose() => _ended.Dispose();
    }
}
