using CsCheck;
using Sync.Member.Membership;
using Sync.Raft;

namespace Sync.Member.Tests.Membership;

public class ClusterMembersCodecTests
{
    private static readonly Gen<ClusterMember> Members =
        Gen.Select(Gen.ULong, Gen.String, Gen.String.Array[0, 3], Gen.String.Array[0, 3],
            (id, name, peers, clients) => new ClusterMember(new MemberId(id), name, peers, clients));

    [Fact]
    public void Members_come_back_as_they_were()
    {
        Members.Array[0, 5].Sample(members =>
        {
            var unique = members.DistinctBy(member => member.Id).ToArray();

            var decoded = ClusterMembersCodec.Decode(ClusterMembersCodec.Encode(new ClusterMembers(unique)));

            decoded.All.Should().Equal(new ClusterMembers(unique).All);
        });
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
        var whole = ClusterMembersCodec.Encode(new ClusterMembers(SoloMember.Self));

        for (var length = 0; length < whole.Length; length++)
        {
            var decode = () => ClusterMembersCodec.Decode(whole.AsSpan(0, length).ToArray());
            decode.Should().Throw<FormatException>();
        }
    }
}
