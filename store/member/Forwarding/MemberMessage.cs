using Sync.Mvcc.Leases;
using Sync.Raft;

namespace Sync.Member.Forwarding;

/// <summary>
/// What members say to each other beside the consensus: questions that only the leader can answer. Messages may be
/// lost, doubled, late and out of order.
/// </summary>
/// <param name="From">The sender.</param>
/// <param name="To">The receiver.</param>
/// <param name="Run">The run of the member that asks, see <see cref="MemberSettings.Run"/>.</param>
/// <param name="Request">The asker's name for the request, from the question to the answer.</param>
public abstract record MemberMessage(MemberId From, MemberId To, ulong Run, RequestId Request);

/// <summary>Asks the leader of one term to propose; in any other term it means nothing.</summary>
/// <param name="From">The member whose client waits.</param>
/// <param name="To">The leader of the term.</param>
/// <param name="Run">The sender's run.</param>
/// <param name="Request">The request; equal ones are proposed once in a term.</param>
/// <param name="Term">The only term in which the receiver may propose it.</param>
/// <param name="Payload">The entry to propose: a <see cref="Proposals.MemberCommand.Forwarded"/>.</param>
public sealed record ForwardedProposal(
    MemberId From, MemberId To, ulong Run, RequestId Request, Term Term, ReadOnlyMemory<byte> Payload)
    : MemberMessage(From, To, Run, Request);

/// <summary>Says that a proposal had no effect in its term and will have none: too much waits already.</summary>
/// <param name="From">The leader.</param>
/// <param name="To">The member that forwarded it.</param>
/// <param name="Run">The run of the member that forwarded it.</param>
/// <param name="Request">The request.</param>
/// <param name="Term">The term of the refusal.</param>
public sealed record ProposalRefused(MemberId From, MemberId To, ulong Run, RequestId Request, Term Term)
    : MemberMessage(From, To, Run, Request);

/// <summary>Asks the leader, which keeps the clock over leases, about one. Asking twice does no harm.</summary>
/// <param name="From">The member whose client waits.</param>
/// <param name="To">The leader.</param>
/// <param name="Run">The sender's run.</param>
/// <param name="Request">The request.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Renews">Whether to renew it; else only its remaining time is asked for.</param>
public sealed record LeaseQuestion(
    MemberId From, MemberId To, ulong Run, RequestId Request, LeaseId Lease, bool Renews)
    : MemberMessage(From, To, Run, Request);

/// <summary>Answers a <see cref="LeaseQuestion"/>.</summary>
/// <param name="From">The leader.</param>
/// <param name="To">The member that asked.</param>
/// <param name="Run">The run of the member that asked.</param>
/// <param name="Request">The request.</param>
/// <param name="Seconds">
/// Of a renewal, the granted time to live, 0 when the lease is no more; else the time it has left, negative when it
/// is no more.
/// </param>
public sealed record LeaseAnswer(MemberId From, MemberId To, ulong Run, RequestId Request, long Seconds)
    : MemberMessage(From, To, Run, Request);
