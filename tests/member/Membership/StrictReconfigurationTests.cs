using Sync.Member.Membership;
using Sync.Raft;

namespace Sync.Member.Tests.Membership;

public class StrictReconfigurationTests
{
    [Fact]
    public void A_cluster_of_one_may_grow_to_two()
    {
        Risk(new ClusterChange.Add(Member(9)), Members(started: 1), connected: [1]).Should().BeNull();
    }

    [Fact]
    public void A_member_is_added_while_a_majority_of_the_enlarged_cluster_runs_and_is_connected()
    {
        Risk(new ClusterChange.Add(Member(9)), Members(started: 3), connected: [1, 2, 3]).Should().BeNull();
    }

    [Fact]
    public void A_second_member_is_not_added_before_the_first_has_started()
    {
        var members = Members(started: 1, unstarted: 1);

        Risk(new ClusterChange.Add(Member(9)), members, connected: [1, 2])
            .Should().Be(ReconfigurationRisk.NotEnoughStarted);
    }

    [Fact]
    public void No_member_is_added_while_too_few_are_connected()
    {
        Risk(new ClusterChange.Add(Member(9)), Members(started: 3), connected: [1, 2])
            .Should().Be(ReconfigurationRisk.Unhealthy, "four members need three");
    }

    [Fact]
    public void A_learner_needs_no_majority_that_has_started()
    {
        var members = Members(started: 2, unstarted: 1);

        Risk(new ClusterChange.Add(Member(9) with { IsLearner = true }), members, connected: [1, 2, 3])
            .Should().BeNull();
    }

    [Fact]
    public void A_member_that_is_away_is_removed_and_one_that_is_needed_is_not()
    {
        var members = Members(started: 3);

        Risk(new ClusterChange.Remove(new MemberId(3)), members, connected: [1, 2]).Should().BeNull();
        Risk(new ClusterChange.Remove(new MemberId(2)), members, connected: [1, 2])
            .Should().Be(ReconfigurationRisk.Unhealthy);
    }

    [Fact]
    public void A_member_that_is_just_back_is_not_removed_while_another_is_away()
    {
        var members = Members(started: 3);

        Risk(new ClusterChange.Remove(new MemberId(2)), members, connected: [1], justBack: [2])
            .Should().Be(ReconfigurationRisk.Unhealthy, "1 would be left with 3, which is away");
        Risk(new ClusterChange.Remove(new MemberId(3)), members, connected: [1], justBack: [2]).Should().BeNull();
    }

    [Fact]
    public void A_member_that_runs_is_not_removed_when_those_that_never_ran_would_be_the_majority()
    {
        var members = Members(started: 2, unstarted: 1);

        Risk(new ClusterChange.Remove(new MemberId(2)), members, connected: [1, 2])
            .Should().Be(ReconfigurationRisk.NotEnoughStarted);
    }

    [Fact]
    public void A_learner_is_removed_whatever_the_others_do()
    {
        var members = new ClusterMembers(
            [.. Members(started: 3).All, Member(9) with { IsLearner = true }], removed: []);

        Risk(new ClusterChange.Remove(new MemberId(9)), members, connected: [1]).Should().BeNull();
    }

    private static ReconfigurationRisk? Risk(
        ClusterChange change, ClusterMembers members, ulong[] connected, params ulong[] justBack) =>
        StrictReconfiguration.FindRisk(change, members, id =>
            connected.Contains(id.Value) ? PeerContact.Lasting
            : justBack.Contains(id.Value) ? PeerContact.Recent
            : PeerContact.Away);

    private static ClusterMembers Members(int started, int unstarted = 0) => new(
        Enumerable.Range(1, started + unstarted).Select(id =>
            Member((ulong)id) with { Name = id <= started ? $"m{id}" : "" }));

    private static ClusterMember Member(ulong id) => new(new MemberId(id), "", [$"http://{id}"], []);
}
