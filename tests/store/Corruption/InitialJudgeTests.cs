using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Corruption;

namespace Sync.Store.Tests.Corruption;

public class InitialJudgeTests
{
    private static readonly MemberId Self = new(0xa);

    private static readonly KeyspaceHash Own = new(
        Hash: 7, CompactedRevision: new Revision(5), HashRevision: new Revision(9), Revision: new Revision(9));

    private static readonly HashAnswer Same = new() { Hash = 7, Revision = 9, CompactRevision = 5, IsComparable = true };

    [Fact]
    public void Members_with_the_same_hash_are_counted_and_nothing_speaks_against_the_start()
    {
        InitialJudge.Judge(Self, Own, [Of(2, Same), Of(3, Same)])
            .Should().BeEquivalentTo(new InitialFinding(Equal: 2, NotCompared: [], Refusal: null));
    }

    [Fact]
    public void One_member_that_differs_is_enough_for_a_refusal_that_has_both_hashes_and_the_remedy()
    {
        var finding = InitialJudge.Judge(
            Self, Own, [Of(2, Same), Of(3, new HashAnswer(Same) { Hash = 8 })]);

        finding.Refusal.Should().StartWith("a found data inconsistency with peers: at revision 9, compaction 5, the hash of "
            + "its data is 7, and that of the member 3 \"m3\" 8.").And.Contain("'member remove a'");
        finding.Equal.Should().Be(1);
    }

    [Theory]
    [InlineData(8, 5, false, "it is at revision 8, behind this member's 9")]
    [InlineData(12, 0, false, "it has compacted what this member ends with, revision 9")]
    [InlineData(9, 6, true, "its last compaction is 6, and this member's 5")]
    public void A_hash_of_another_revision_or_compaction_says_nothing(
        long revision, long compaction, bool isComparable, string reason)
    {
        var answer = new HashAnswer
        {
            Hash = 8,
            Revision = revision,
            CompactRevision = compaction,
            IsComparable = isComparable,
        };

        InitialJudge.Judge(Self, Own, [Of(2, answer)]).Should().BeEquivalentTo(
            new InitialFinding(Equal: 0, NotCompared: [(new MemberId(2), reason)], Refusal: null));
    }

    [Theory]
    [InlineData("connection refused")]
    [InlineData("")]
    public void A_member_that_is_away_says_nothing(string silence)
    {
        InitialJudge.Judge(Self, Own, [new HashReply(Member(2), Answer: null, silence)]).Should().BeEquivalentTo(
            new InitialFinding(Equal: 0, NotCompared: [(new MemberId(2), silence)], Refusal: null));
    }

    private static HashReply Of(ulong member, HashAnswer answer) => new(Member(member), answer, Silence: "");

    private static ClusterMember Member(ulong id) => new(new MemberId(id), $"m{id}", PeerUrls: [], ClientUrls: []);
}
