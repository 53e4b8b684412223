using CsCheck;
using Sync.Member.Membership;
using Sync.Raft;

namespace Sync.Member.Tests.Membership;

public class ClusterMembersCodecTests
{
    private static readonly Gen<ClusterVersion?> Versions =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 9], (major, minor) => (major, minor) == (0, 0)
            ? (ClusterVersion?)null
            : new ClusterVersion(major, minor));

    private static readonly Gen<ClusterMember> Members =
        Gen.Select(Gen.ULong, Gen.String, Gen.String.Array[0, 3], Gen.String.Array[0, 3], Gen.Bool, Versions,
            (id, name, peers, clients, isLearner, version) => new ClusterMember(new MemberId(id), name, peers, clients)
            {
                IsLearner = isLearner,
                Version = version,
            });

    // Members as they were written before they had versions: the one, and before that removed members and learners.
    private const string WithoutVersions =
        "010000400900000000000000010000006D010000000100000070010000000100000063010000000900000000000000010000000800000000000000";

    private const string MembersAlone = "010000000900000000000000010000006D010000000100000070010000000100000063";

    [Fact]
    public void Members_come_back_as_they_were()
    {
        Gen.Select(Members.Array[0, 5], Gen.ULong.Array[0, 3], Versions, Versions).Sample((members, removed, version, target) =>
        {
            var written = new ClusterMembers(
                members.DistinctBy(member => member.Id), removed.Distinct().Select(id => new MemberId(id)), version, target);

            var read = ClusterMembersCodec.Decode(ClusterMembersCodec.Encode(written));

            read.All.Should().Equal(written.All);
            read.Removed.Should().Equal(written.Removed);
            read.Version.Should().Be(version);
            read.DowngradeTarget.Should().Be(target);
        });
    }

    [Fact]
    public void Members_that_were_written_before_they_had_versions_are_read()
    {
        var member = new ClusterMember(new MemberId(9), "m", ["p"], ["c"]);

        var read = ClusterMembersCodec.Decode(Convert.FromHexString(WithoutVersions));

        read.All.Should().Equal(member with { IsLearner = true });
        read.Removed.Should().Equal(new MemberId(8));
        read.Version.Should().BeNull();
        ClusterMembersCodec.Decode(Convert.FromHexString(MembersAlone)).All.Should().Equal(member);
    }

    [Fact]
    public void Bytes_of_another_form_are_refused_and_never_crash()
    {
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            try
            {
                ClusterMembersCodec.Decode(bytes);
            }
            catch (FormatException)
            {
                // The one way to refuse.
            }
        }, iter: 20_000);
    }

    [Fact]
    public void Bytes_cut_short_are_refused()
    {
        var whole = ClusterMembersCodec.Encode(new ClusterMembers([SoloMember.Self], [new MemberId(8)], new(3, 6)));

        for (var length = 0; length < whole.Length; length++)
        {
            var decode = () => ClusterMembersCodec.Decode(whole.AsSpan(0, length).ToArray());
            decode.Should().Throw<FormatException>();
        }
    }
}
