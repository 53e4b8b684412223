using Sync.Store.Corruption;

namespace Sync.Store.Tests.Corruption;

public class HashJudgeTests
{
    private static readonly MemberHash Own = new(1, Hash: 7, CompactedRevision: 5);

    [Fact]
    public void Equal_hashes_accuse_nobody()
    {
        HashJudge.FindDiverged(Own, [Own with { MemberId = 2 }, Own with { MemberId = 3 }], clusterSize: 3)
            .Should().BeEmpty();
    }

    [Fact]
    public void A_minority_that_differs_is_named()
    {
        HashJudge.FindDiverged(Own, [Own with { MemberId = 2 }, new(3, Hash: 8, CompactedRevision: 5)], clusterSize: 3)
            .Should().Equal(3UL);
    }

    [Fact]
    public void The_leader_is_named_when_the_majority_contradicts_it()
    {
        HashJudge.FindDiverged(Own, [new(2, Hash: 8, CompactedRevision: 5), new(3, Hash: 8, CompactedRevision: 5)], clusterSize: 3)
            .Should().Equal(1UL);
    }

    [Fact]
    public void Hashes_of_different_compactions_say_nothing()
    {
        HashJudge.FindDiverged(Own, [new(2, Hash: 8, CompactedRevision: 6)], clusterSize: 3).Should().BeEmpty();
    }

    [Fact]
    public void Without_a_majority_nobody_is_named()
    {
        HashJudge.FindDiverged(Own, [new(2, Hash: 8, CompactedRevision: 5)], clusterSize: 3)
            .Should().Equal(HashJudge.NobodyKnows);
    }
}
