using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Proposals;
using Sync.Raft.Reads;
using Sync.Raft.Roles;

namespace Sync.Raft;

/// <summary>
/// One member of a Raft group as a deterministic state machine: it takes ticks, messages and wishes, and gives back one
/// <see cref="Ready"/> with what to write, send and apply. It does no I/O and knows no clock.
/// Source: Raft paper and thesis.
/// </summary>
/// <remarks>Not thread-safe: one thread owns it.</remarks>
public sealed class Consensus
{
    /// <summary>A member in the role of follower, as it was when it last stopped.</summary>
    /// <param name="settings">Valid settings, see <see cref="ConsensusSettings.Validate"/>.</param>
    /// <param name="restored">The last hard state written, or <see cref="HardState.Initial"/>.</param>
    /// <param name="configuration">Who votes.</param>
    /// <param name="log">The durable log.</param>
    /// <param name="applied">
    /// The last entry that the state machine holds already, in <c>[FirstIndex - 1, LastIndex]</c> of the log; entries after it
    /// are given to apply. It counts as committed.
    /// </param>
    /// <param name="random">Spreads election timeouts; owned by the core from now on.</param>
    /// <exception cref="InvariantException">The parts do not fit each other: something is missing from the log.</exception>
    public Consensus(
        ConsensusSettings settings, HardState restored, GroupConfiguration configuration, ILogReader log, LogIndex applied,
        Random random) =>
        throw new NotImplementedException();

    /// <summary>Whether <see cref="TakeReady"/> would return anything to do.</summary>
    public bool HasReady => throw new NotImplementedException();

    /// <summary>Where the member stands. Allocates; not for every turn of a loop.</summary>
    public ConsensusStatus Status => throw new NotImplementedException();

    /// <summary>What the member is.</summary>
    public RoleKind Role => throw new NotImplementedException();

    /// <summary>The member's term.</summary>
    public Term Term => throw new NotImplementedException();

    /// <summary>The leader as far as this member knows, or <see cref="MemberId.None"/>.</summary>
    public MemberId Leader => throw new NotImplementedException();

    /// <summary>Lets one tick of time pass.</summary>
    public void Tick() => throw new NotImplementedException();

    /// <summary>
    /// Stands for election at once instead of after the timeout; nothing happens when the member leads or has no vote.
    /// A single voter leads as soon as its own vote is reported durable, without a tick.
    /// </summary>
    public void Campaign() => throw new NotImplementedException();

    /// <summary>Takes in a message of another member. It may be any message at any time.</summary>
    /// <param name="message">A message addressed to this member.</param>
    public void Step(Message message) => throw new NotImplementedException();

    /// <summary>Appends one payload, if this member leads.</summary>
    /// <param name="payload">Not empty. The caller must not change the bytes any more.</param>
    public ProposalOutcome Propose(ReadOnlyMemory<byte> payload) => throw new NotImplementedException();

    /// <summary>Appends several payloads in order, all or none, if this member leads.</summary>
    /// <param name="payloads">At least one, none of them empty. The caller must not change the bytes any more.</param>
    public ProposalOutcome Propose(ReadOnlySpan<ReadOnlyMemory<byte>> payloads) => throw new NotImplementedException();

    /// <summary>
    /// Asks from which index on a read sees every write acknowledged before now. A later <see cref="Ready.ReadStates"/>
    /// answers, or nothing does when leadership changes meanwhile or a message is lost. Source: Raft thesis, section 6.4.
    /// </summary>
    /// <param name="context">Names the read; see <see cref="ReadContext"/> for what must be unique.</param>
    /// <returns>False when no leader is known, so that there is nobody to ask.</returns>
    public bool ReadIndex(ReadContext context) => throw new NotImplementedException();

    /// <summary>Hands leadership to another voter, if this member leads. Source: Raft thesis, section 3.10.</summary>
    /// <param name="successor">Who is to lead.</param>
    public TransferOutcome TransferLeadership(MemberId successor) => throw new NotImplementedException();

    /// <summary>
    /// Takes note that a message to a peer was not delivered: what was under way to it is sent again, one message at a time.
    /// </summary>
    /// <param name="peer">The peer that could not be reached.</param>
    public void ReportUnreachable(MemberId peer) => throw new NotImplementedException();

    /// <summary>Everything to do since the last call. Empty when <see cref="HasReady"/> is false.</summary>
    public Ready TakeReady() => throw new NotImplementedException();

    /// <summary>
    /// Takes note that everything to write in the Readys up to one is durable. Writes are made, and so become durable, in the
    /// order of the Readys; several may be reported with the last.
    /// </summary>
    /// <param name="readyNumber">The <see cref="Ready.Number"/> of the last durable write.</param>
    public void Persisted(ulong readyNumber) => throw new NotImplementedException();

    /// <summary>Takes note that entries of <see cref="Ready.Committed"/> are applied.</summary>
    /// <param name="index">The last one; not below the one last reported.</param>
    public void AppliedTo(LogIndex index) => throw new NotImplementedException();
}
