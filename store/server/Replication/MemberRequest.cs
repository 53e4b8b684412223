using Sync.Disk.Snapshots;
using Sync.Member.Forwarding;
using Sync.Member.Membership;
using Sync.Member.Proposals;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Raft.Snapshots;

namespace Sync.Store.Replication;

/// <summary>What other threads tell or ask the thread that owns the member.</summary>
internal abstract class MemberRequest
{
    private MemberRequest()
    {
    }

    /// <summary>A question whose answer another thread awaits.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    internal abstract class Question<T> : MemberRequest
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The answer; a <see cref="RequestFailedException"/> when there is none.</summary>
        public Task<T> Task => _answer.Task;

        /// <summary>Gives the answer, unless it was given.</summary>
        public void Answer(T answer) => _answer.TrySetResult(answer);

        /// <summary>Ends the wait without an answer, unless one was given.</summary>
        public void Fail(RequestFailedException failure) => _answer.TrySetException(failure);
    }

    /// <summary>A command to replicate and apply.</summary>
    /// <param name="payload">The command's bytes as they go into the log.</param>
    internal sealed class Proposal(ReadOnlyMemory<byte> payload) : Question<Result<Outcome>>
    {
        /// <summary>The command's bytes as they go into the log.</summary>
        public ReadOnlyMemory<byte> Payload => payload;
    }

    /// <summary>A read that must see every write acknowledged before it.</summary>
    internal sealed class LinearizableRead : Question<KeyspaceView>;

    /// <summary>A lease to renew; the answer is its time to live in seconds, 0 when it is no more.</summary>
    internal sealed class LeaseRenewal(LeaseId lease) : Question<long>
    {
        /// <summary>The lease.</summary>
        public LeaseId Lease => lease;
    }

    /// <summary>How long a lease has left in seconds; negative when it is unknown.</summary>
    internal sealed class LeaseRemainingTime(LeaseId lease) : Question<long>
    {
        /// <summary>The lease.</summary>
        public LeaseId Lease => lease;
    }

    /// <summary>All leases, in no order: whoever asks sorts them, not the member's thread.</summary>
    internal sealed class LeaseListing : Question<IReadOnlyList<ListedLease>>;

    /// <summary>Waits until a compaction's changes are removed.</summary>
    internal sealed class Removal(Revision compaction) : Question<bool>
    {
        /// <summary>The compaction.</summary>
        public Revision Compaction => compaction;
    }

    /// <summary>Waits until the files hold nothing more that was dead when it was asked, as far as there is room to do it.</summary>
    internal sealed class Defragmentation : Question<bool>;

    /// <summary>Holds the present state fast; who gets it disposes of it.</summary>
    internal sealed class Capturing : Question<SnapshotCapture>;

    /// <summary>Hands leadership over; the answer is given when the successor leads, or when it failed.</summary>
    internal sealed class LeadershipTransfer(MemberId? successor) : Question<TransferResult>
    {
        /// <summary>Who is to lead; null lets the leader choose, if it leads at all.</summary>
        public MemberId? Successor => successor;
    }

    /// <summary>
    /// Waits, because the member is about to stop, until what was asked before is answered or has waited for long enough.
    /// What is asked later is refused.
    /// </summary>
    internal sealed class LastAnswers : Question<bool>;

    /// <summary>A change of the cluster; the answer is why it was not made, null when it was.</summary>
    internal abstract class ChangeOfCluster : Question<ClusterRefusal?>;

    /// <summary>A change of the members, at the one that leads.</summary>
    internal sealed class MembersChange(ClusterChange change) : ChangeOfCluster
    {
        /// <summary>The change.</summary>
        public ClusterChange Change => change;
    }

    /// <summary>A downgrade to begin or to give up.</summary>
    /// <param name="target">The version that it leads to; null gives up the one that is under way.</param>
    internal sealed class Downgrade(ClusterVersion? target) : ChangeOfCluster
    {
        /// <summary>The command's bytes as they go into the log.</summary>
        public ReadOnlyMemory<byte> Payload { get; } = MemberCommandCodec.Encode(new MemberCommand.Downgrade(target));
    }

    /// <summary>A snapshot is whole on this member's disk; the answer is given when the member took it or discarded it.</summary>
    internal sealed class SnapshotReceived(SnapshotOffer offer, SnapshotStaging staging) : Question<bool>
    {
        /// <summary>Whose it is, and what it holds.</summary>
        public SnapshotOffer Offer => offer;

        /// <summary>The snapshot; who takes this request disposes of it.</summary>
        public SnapshotStaging Staging => staging;
    }

    /// <summary>The sending of a snapshot ended.</summary>
    internal sealed class SnapshotEnded(MemberId follower, SnapshotOutcome outcome) : MemberRequest
    {
        /// <summary>Who was sent it.</summary>
        public MemberId Follower => follower;

        /// <summary>How it ended.</summary>
        public SnapshotOutcome Outcome => outcome;
    }

    /// <summary>Another member's consensus says something.</summary>
    internal sealed class ConsensusSaid(Message message) : MemberRequest
    {
        /// <summary>The message.</summary>
        public Message Message => message;
    }

    /// <summary>Another member asks or answers something.</summary>
    internal sealed class MemberSaid(MemberMessage message) : MemberRequest
    {
        /// <summary>The message.</summary>
        public MemberMessage Message => message;
    }

    /// <summary>A message to another member was dropped.</summary>
    /// <param name="peer">The member.</param>
    /// <param name="taken">Called when this is taken note of, so that the next loss is told again.</param>
    internal sealed class PeerUnreachable(MemberId peer, Action taken) : MemberRequest
    {
        /// <summary>The member.</summary>
        public MemberId Peer => peer;

        /// <summary>Says that this was taken note of.</summary>
        public void Taken() => taken();
    }

    /// <summary>The log has made writes durable.</summary>
    internal sealed class Written(ulong readyNumber) : MemberRequest
    {
        /// <summary>The number of the last Ready whose writes are durable.</summary>
        public ulong ReadyNumber => readyNumber;
    }

    /// <summary>A checkpoint is durable, so that the log may drop what nobody needs any more.</summary>
    internal sealed class CheckpointSaved : MemberRequest;
}
