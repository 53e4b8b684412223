using Sync.Raft.Log;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Messages;

/// <summary>
/// What members of a group say to each other. Messages may be lost, doubled, late and out of order.
/// Source: Raft paper, figure 2.
/// </summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Term">The sender's term; in a pre-vote and its grant, the term that is asked for.</param>
public abstract record Message(MemberId From, MemberId To, Term Term);

/// <summary>
/// Asks whether the receiver would vote for the sender. Binds nobody. Source: Raft thesis, section 9.6.
/// </summary>
/// <param name="From">The pre-candidate.</param>
/// <param name="To">A voter.</param>
/// <param name="Term">
/// The term that the election would be held in; the sender is still in an older one.
/// </param>
/// <param name="LastIndex">The last entry of the sender's log.</param>
/// <param name="LastTerm">The term of that entry.</param>
/// <param name="Commit">What the sender knows to be committed, see <see cref="VoteRequest"/>.</param>
/// <param name="CommitTerm">The term of that entry.</param>
public sealed record PreVoteRequest(
    MemberId From,
    MemberId To,
    Term Term,
    LogIndex LastIndex,
    Term LastTerm,
    LogIndex Commit = default,
    Term CommitTerm = default)
    : Message(From, To, Term);

/// <summary>Answers a <see cref="PreVoteRequest"/>.</summary>
/// <param name="From">The voter.</param>
/// <param name="To">The pre-candidate.</param>
/// <param name="Term">When granted the term that was asked for, else the voter's own.</param>
/// <param name="IsGranted">Whether the voter would vote for the sender of the question.</param>
/// <param name="Commit">What a voter that refuses knows to be committed, see <see cref="VoteResponse"/>.</param>
/// <param name="CommitTerm">The term of that entry.</param>
public sealed record PreVoteResponse(
    MemberId From, MemberId To, Term Term, bool IsGranted, LogIndex Commit = default, Term CommitTerm = default)
    : Message(From, To, Term);

/// <summary>Asks for a vote. Source: Raft paper, sections 5.2 and 5.4.1.</summary>
/// <param name="From">The candidate.</param>
/// <param name="To">A voter.</param>
/// <param name="Term">The candidate's term.</param>
/// <param name="LastIndex">The last entry of the candidate's log.</param>
/// <param name="LastTerm">The term of that entry.</param>
/// <param name="IsTransfer">
/// Whether the leader itself asked for this election, so that voters answer though they still hear from the
/// leader.
/// Source: Raft thesis, section 4.2.3.
/// </param>
/// <param name="Commit">
/// The last entry that the candidate knows to be committed. It may be all that frees a group: a member that holds more,
/// and so refuses, may not know yet that it votes and may win itself.
/// </param>
/// <param name="CommitTerm">The term of that entry.</param>
public sealed record VoteRequest(
    MemberId From,
    MemberId To,
    Term Term,
    LogIndex LastIndex,
    Term LastTerm,
    bool IsTransfer,
    LogIndex Commit = default,
    Term CommitTerm = default)
    : Message(From, To, Term);

/// <summary>Answers a <see cref="VoteRequest"/>.</summary>
/// <param name="From">The voter.</param>
/// <param name="To">The candidate.</param>
/// <param name="Term">The voter's term.</param>
/// <param name="IsGranted">Whether the candidate has the vote.</param>
/// <param name="Commit">
/// The last entry that a voter which refuses knows to be committed; <see cref="LogIndex.None"/> in a grant. It may
/// be all that frees a group: the voter that holds most may have been removed by an entry that the candidate holds
/// and does not know to be committed, so that neither could win.
/// </param>
/// <param name="CommitTerm">The term of that entry.</param>
public sealed record VoteResponse(
    MemberId From, MemberId To, Term Term, bool IsGranted, LogIndex Commit = default, Term CommitTerm = default)
    : Message(From, To, Term);

/// <summary>
/// Brings entries, or tells with none that the commit index rose. Source: Raft paper, section 5.3.
/// </summary>
/// <param name="From">The leader.</param>
/// <param name="To">A follower.</param>
/// <param name="Term">The leader's term.</param>
/// <param name="PreviousIndex">The entry before the first one brought.</param>
/// <param name="PreviousTerm">The term of that entry.</param>
/// <param name="Commit">The leader's commit index.</param>
/// <param name="Entries">
/// The entries from <c>PreviousIndex + 1</c> on, without a gap, terms never falling.
/// </param>
public sealed record AppendRequest(
    MemberId From, MemberId To, Term Term, LogIndex PreviousIndex, Term PreviousTerm, LogIndex Commit,
    ReadOnlyMemory<Entry> Entries) : Message(From, To, Term);

/// <summary>Says that the follower's durable log equals the leader's up to a position.</summary>
/// <param name="From">The follower.</param>
/// <param name="To">The leader.</param>
/// <param name="Term">The follower's term.</param>
/// <param name="Match">The position; everything up to it is durable.</param>
public sealed record AppendAccepted(
    MemberId From, MemberId To, Term Term, LogIndex Match) : Message(From, To, Term);

/// <summary>
/// Says that the follower's log does not reach or does not fit the entry before those brought, or, with a
/// newer term, that the sender leads no more.
/// </summary>
/// <param name="From">The follower.</param>
/// <param name="To">The leader.</param>
/// <param name="Term">The follower's term.</param>
/// <param name="PreviousIndex">The position that did not fit, as it stood in the request.</param>
/// <param name="HintIndex">The last position where the follower's log may fit: nothing after it does.</param>
/// <param name="HintTerm">The term that the follower has there.</param>
/// <param name="NeedsSnapshot">
/// Whether the follower joined with nothing, so that entries are of no use to it whatever the log holds.
/// </param>
public sealed record AppendRejected(
    MemberId From, MemberId To, Term Term, LogIndex PreviousIndex, LogIndex HintIndex, Term HintTerm,
    bool NeedsSnapshot = false)
    : Message(From, To, Term);

/// <summary>
/// Shows that the leader is alive. A link may send only the latest of several. Source: Raft paper, section
/// 5.2.
/// </summary>
/// <param name="From">The leader.</param>
/// <param name="To">A follower.</param>
/// <param name="Term">The leader's term.</param>
/// <param name="Commit">The leader's commit index, cut to what the follower is known to hold.</param>
/// <param name="Round">The latest round of reads that the leader has begun; 0 when none.</param>
public sealed record HeartbeatRequest(
    MemberId From, MemberId To, Term Term, LogIndex Commit, ulong Round) : Message(From, To, Term);

/// <summary>
/// Answers a <see cref="HeartbeatRequest"/>: the sender was still the leader for this follower.
/// </summary>
/// <param name="From">The follower.</param>
/// <param name="To">The leader.</param>
/// <param name="Term">The follower's term.</param>
/// <param name="Round">The round that stood in the request.</param>
public sealed record HeartbeatResponse(
    MemberId From, MemberId To, Term Term, ulong Round) : Message(From, To, Term);

/// <summary>Asks the leader for the index of a read. Source: Raft thesis, section 6.4.</summary>
/// <param name="From">The follower that is to serve the read.</param>
/// <param name="To">The leader.</param>
/// <param name="Term">The follower's term.</param>
/// <param name="Context">The read, named by the follower.</param>
public sealed record ReadIndexRequest(
    MemberId From, MemberId To, Term Term, ReadContext Context) : Message(From, To, Term);

/// <summary>Answers a <see cref="ReadIndexRequest"/>.</summary>
/// <param name="From">The leader.</param>
/// <param name="To">The follower that asked.</param>
/// <param name="Term">The leader's term.</param>
/// <param name="Index">The entry that must be applied before the read is served.</param>
/// <param name="Context">The read.</param>
public sealed record ReadIndexResponse(
    MemberId From, MemberId To, Term Term, LogIndex Index, ReadContext Context) : Message(From, To, Term);

/// <summary>Asks the receiver to stand for election at once. Source: Raft thesis, section 3.10.</summary>
/// <param name="From">The leader, which holds nothing that the receiver lacks.</param>
/// <param name="To">The wanted successor.</param>
/// <param name="Term">The leader's term.</param>
public sealed record TimeoutNow(MemberId From, MemberId To, Term Term) : Message(From, To, Term);

/// <summary>
/// Says that a snapshot of the leader's state is whole on the receiver's disk, beside its own state, and may take
/// its place. The shells stream the snapshot; the receiver's makes this message of the stream's head once the last
/// byte is durable, and hands it to <see cref="Consensus.Offer"/>. Source: Raft paper, section 7.
/// </summary>
/// <param name="From">The leader.</param>
/// <param name="To">A follower.</param>
/// <param name="Term">The leader's term when it asked for the snapshot, see <see cref="SnapshotNeed"/>.</param>
/// <param name="Snapshot">What the snapshot holds.</param>
public sealed record SnapshotOffer(MemberId From, MemberId To, Term Term, SnapshotHeader Snapshot)
    : Message(From, To, Term);
