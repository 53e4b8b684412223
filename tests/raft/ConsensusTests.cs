using Sync.Raft.Roles;
using Sync.Raft.Tests.Cluster;

namespace Sync.Raft.Tests;

public class ConsensusTests
{
    [Fact]
    public void A_single_voter_leads_once_its_vote_is_durable_without_a_tick()
    {
        var group = new Group(1);

        group[1].Core.Campaign();
        var ready = group.Turn(group[1]);
        var roleBefore = group[1].Core.Role;
        group.Persist(group[1]);

        ready.HardState.Should().Be(new HardState(new Term(1), Group.Id(1), LogIndex.None));
        ready.MustSync.Should().BeTrue();
        roleBefore.Should().Be(RoleKind.Candidate);
        group[1].Core.Role.Should().Be(RoleKind.Leader);
    }

    [Fact]
    public void A_three_member_group_replicates_a_proposal()
    {
        var group = Group.LedByFirst(3);

        var index = group.Propose(1, "a");
        group.Settle();

        group.Members.Should().AllSatisfy(member =>
            member.Applied.Should().Equal(group[1].Applied).And.HaveCount((int)index.Value));
    }
}
