using Sync.Disk.Snapshots;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;

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

    /// <summary>How long a lease has left in seconds; null when it is unknown.</summary>
    internal sealed class LeaseRemainingTime(LeaseId lease) : Question<long?>
    {
        /// <summary>The lease.</summary>
        public LeaseId Lease => lease;
    }

    /// <summary>All leases, those that end first before the others.</summary>
    internal sealed class LeaseListing : Question<IReadOnlyList<LeaseId>>;

    /// <summary>Waits until a compaction's changes are removed.</summary>
    internal sealed class Removal(Revision compaction) : Question<bool>
    {
        /// <summary>The compaction.</summary>
        public Revision Compaction => compaction;
    }

    /// <summary>Holds the present state fast; who gets it disposes of it.</summary>
    internal sealed class Capturing : Question<SnapshotCapture>;

    /// <summary>The log has made writes durable.</summary>
    internal sealed class Written(ulong readyNumber) : MemberRequest
    {
        /// <summary>The number of the last Ready whose writes are durable.</summary>
        public ulong ReadyNumber => readyNumber;
    }

    /// <summary>A checkpoint is durable, so that the log may drop what nobody needs any more.</summary>
    internal sealed class CheckpointSaved : MemberRequest;
}
