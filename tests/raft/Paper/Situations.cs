using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests.Paper;

/// <summary>Members in the situations that the paper speaks of; member 1 of voters 1 to 3.</summary>
internal static class Situations
{
    public static readonly MemberId One = new(1);
    public static readonly MemberId Two = new(2);
    public static readonly MemberId Three = new(3);

    public static ConsensusSettings Plain(ConsensusSettings settings) =>
        settings with { PreVote = false, CheckQuorum = false };

    /// <summary>A member that has just become something, in term 1 or, as pre-candidate, before it.</summary>
    public static Member InRole(RoleKind role)
    {
        var member = Member.Restarted(
            3, HardState.Initial, [], settings => settings with { PreVote = role == RoleKind.PreCandidate });
        switch (role)
        {
            case RoleKind.Follower:
                break;
            case RoleKind.Leader:
                member.Core.Campaign();
                member.Settle();
                member.Answer(new VoteResponse(Two, One, new Term(1), IsGranted: true));
                break;
            default:
                member.Core.Campaign();
                member.Settle();
                break;
        }

        member.Core.Role.Should().Be(role);
        return member;
    }

    /// <summary>A leader of term 2 of three, with the no-op of the term at 2 and what follows it.</summary>
    /// <param name="proposals">How many payloads it was given.</param>
    /// <param name="adjust">Changes the settings; <see cref="Plain"/> when null.</param>
    public static Member LeaderWith(int proposals, Func<ConsensusSettings, ConsensusSettings>? adjust = null)
    {
        var member = Member.Restarted(
            3, new HardState(new Term(1), MemberId.None, LogIndex.None), [1], adjust ?? Plain);
        member.Core.Campaign();
        member.Settle();
        member.Answer(new VoteResponse(Two, One, new Term(2), IsGranted: true));
        for (var proposal = 0; proposal < proposals; proposal++)
        {
            member.Core.Propose(new[] { (byte)proposal });
        }

        return member;
    }
}
