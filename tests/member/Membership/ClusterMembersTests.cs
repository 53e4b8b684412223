using Sync.Member.Membership;
using Sync.Raft;

namespace Sync.Member.Tests.Membership;

public class ClusterMembersTests
{
    private static readonly ClusterMembers Two = new(Member(1), Member(2) with { IsLearner = true });

    [Fact]
    public void A_member_that_was_removed_is_never_a_member_again()
    {
        var after = Two.After(new ClusterChange.Remove(new MemberId(2)));

        after.All.Should().Equal(Member(1));
        after.FindRefusal(new ClusterChange.Add(Member(2))).Should().Be(ClusterRefusal.MemberExists);
        after.FindRefusal(new ClusterChange.Remove(new MemberId(2))).Should().Be(ClusterRefusal.MemberUnknown);
    }

    [Fact]
    public void A_peer_url_belongs_to_one_member()
    {
        Two.FindRefusal(new ClusterChange.Add(Member(3) with { PeerUrls = ["http://2"] }))
            .Should().Be(ClusterRefusal.PeerUrlsTaken);
        Two.FindRefusal(new ClusterChange.Move(new MemberId(1), ["http://2"])).Should().Be(ClusterRefusal.PeerUrlsTaken);
        Two.FindRefusal(new ClusterChange.Move(new MemberId(1), ["http://1", "http://one"])).Should().BeNull();
    }

    [Fact]
    public void Only_a_learner_is_promoted()
    {
        Two.FindRefusal(new ClusterChange.Promote(new MemberId(1))).Should().Be(ClusterRefusal.NotLearner);

        Two.After(new ClusterChange.Promote(new MemberId(2))).Find(new MemberId(2))!.IsLearner.Should().BeFalse();
    }

    [Fact]
    public void A_member_that_tells_its_name_keeps_its_place()
    {
        var told = Two.With(Member(2) with { Name = "two", PeerUrls = ["http://elsewhere"], ClientUrls = ["http://c"] });

        told.Find(new MemberId(2)).Should().Be(
            Member(2) with { Name = "two", ClientUrls = ["http://c"], IsLearner = true });
    }

    [Fact]
    public void Learners_and_removed_members_are_written_down()
    {
        var members = Two.After(new ClusterChange.Remove(new MemberId(1)));

        var read = ClusterMembersCodec.Decode(ClusterMembersCodec.Encode(members));

        read.All.Should().Equal(members.All);
        read.Removed.Should().Equal(new MemberId(1));
    }

    [Theory]
    [InlineData(MemberFate.Added)]
    [InlineData(MemberFate.AddedAsLearner)]
    [InlineData(MemberFate.Removed)]
    [InlineData(MemberFate.Moved)]
    [InlineData(MemberFate.Promoted)]
    public void A_change_comes_back_from_the_consensus_as_it_was(MemberFate fate)
    {
        ClusterChange change = fate switch
        {
            MemberFate.Added => new ClusterChange.Add(Member(3)),
            MemberFate.AddedAsLearner => new ClusterChange.Add(Member(3) with { IsLearner = true }),
            MemberFate.Removed => new ClusterChange.Remove(new MemberId(2)),
            MemberFate.Moved => new ClusterChange.Move(new MemberId(2), ["http://two"]),
            _ => new ClusterChange.Promote(new MemberId(2)),
        };

        var read = ClusterChange.FromConsensus(change.ToConsensus(Two), Two);

        read.Should().BeEquivalentTo(change, options => options.RespectingRuntimeTypes());
    }

    public enum MemberFate
    {
        Added,
        AddedAsLearner,
        Removed,
        Moved,
        Promoted,
    }

    private static ClusterMember Member(ulong id) => new(new MemberId(id), "", [$"http://{id}"], []);
}
