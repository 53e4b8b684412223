using CsCheck;
using Sync.Raft.Membership;
using Sync.Raft.Quorum;

namespace Sync.Raft.Tests.Quorum;

public class VoteTallyTests
{
    private static readonly Gen<int> Voters = Gen.Int[1, 7];
    private static readonly Gen<(int, bool)[]> Answers = Gen.Select(Gen.Int[1, 9], Gen.Bool).Array[0, 20];

    [Fact]
    public void A_tally_equals_the_naive_count() =>
        Gen.Select(Voters, Answers).Sample((voters, answers) =>
        {
            var tally = new VoteTally(new GroupConfiguration([.. Enumerable.Range(1, voters).Select(Id)]));
            foreach (var (voter, isGranted) in answers)
            {
                tally.Record(Id(voter), isGranted);
            }

            var counted = answers.Where(answer => answer.Item1 <= voters)
                .DistinctBy(answer => answer.Item1)
                .ToList();
            var granted = counted.Count(answer => answer.Item2);
            var canStillGrant = granted + voters - counted.Count;
            var naive = 2 * granted > voters ? VoteResult.Won
                : 2 * canStillGrant > voters ? VoteResult.Pending
                : VoteResult.Lost;
            return tally.Result == naive;
        });

    private static MemberId Id(int member) => new((ulong)member);

    [Fact]
    public void In_a_joint_configuration_both_majorities_decide()
    {
        var joint = new GroupConfiguration(
            [Id(1), Id(2), Id(3)], learners: [], outgoingVoters: [Id(1), Id(4), Id(5)]);
        var tally = new VoteTally(joint);

        tally.Record(Id(1), isGranted: true);
        tally.Record(Id(2), isGranted: true);
        tally.Result.Should().Be(VoteResult.Pending, "the outgoing voters have not decided");
        tally.Record(Id(4), isGranted: false);
        tally.Result.Should().Be(VoteResult.Pending);
        tally.Record(Id(5), isGranted: true);
        tally.Result.Should().Be(VoteResult.Won);
    }

    [Fact]
    public void In_a_joint_configuration_one_lost_majority_loses()
    {
        var joint = new GroupConfiguration(
            [Id(1), Id(2), Id(3)], learners: [], outgoingVoters: [Id(1), Id(4), Id(5)]);
        var tally = new VoteTally(joint);

        tally.Record(Id(4), isGranted: false);
        tally.Record(Id(5), isGranted: false);

        tally.Result.Should().Be(VoteResult.Lost);
    }
}
