using Sync.Raft.Membership;

namespace Sync.Raft.Proposals;

/// <summary>What became of a proposal at the moment it was made.</summary>
public abstract record ProposalOutcome
{
    private ProposalOutcome()
    {
    }

    /// <summary>
    /// The payloads are in the leader's log. They are committed if and when the entries <c>(Term, FirstIndex
    /// + n)</c> are given to apply; an entry of another term at such a position means that they were lost.
    /// </summary>
    /// <param name="Term">The term of the new entries.</param>
    /// <param name="FirstIndex">The position of the first payload; the others follow it.</param>
    public sealed record Accepted(Term Term, LogIndex FirstIndex) : ProposalOutcome;

    /// <summary>Another member must be asked. Nothing was appended.</summary>
    /// <param name="Leader">The leader as far as this member knows, or <see cref="MemberId.None"/>.</param>
    public sealed record NotLeader(MemberId Leader) : ProposalOutcome;

    /// <summary>
    /// The leader is handing its office over and takes nothing meanwhile. Nothing was appended.
    /// </summary>
    /// <param name="Successor">
    /// Who is to lead; <see cref="MemberId.None"/> while a leader that was removed waits until the others know.
    /// </param>
    public sealed record LeadershipMoving(MemberId Successor) : ProposalOutcome;

    /// <summary>
    /// The payload is larger than one may be (<see cref="ConsensusSettings.ProposalBytesMax"/>). Nothing was appended.
    /// </summary>
    /// <param name="Bytes">How large the largest one is.</param>
    public sealed record TooLarge(int Bytes) : ProposalOutcome;

    /// <summary>
    /// Too many bytes wait to be committed (<see cref="ConsensusSettings.UncommittedBytesMax"/>). Nothing was
    /// appended.
    /// </summary>
    /// <param name="UncommittedBytes">The payload bytes that wait.</param>
    public sealed record TooMuchUncommitted(long UncommittedBytes) : ProposalOutcome;

    /// <summary>
    /// Another change of the configuration is not applied yet, or the leader has not committed an entry of its
    /// term, so that it cannot know. Nothing was appended. Of changes alone.
    /// </summary>
    public sealed record ChangeUnderWay : ProposalOutcome;

    /// <summary>
    /// The change cannot be made to the configuration in force. Nothing was appended. Of changes alone.
    /// </summary>
    /// <param name="Refusal">Why.</param>
    public sealed record ChangeRefused(ChangeRefusal Refusal) : ProposalOutcome;
}
