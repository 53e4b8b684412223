using System.Buffers;
using CsCheck;
using Sync.Member.Forwarding;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Messages;

namespace Sync.Member.Tests.Forwarding;

public class MemberMessageCodecTests
{
    public static TheoryData<MemberMessage> Messages => new()
    {
        new ProposalRefused(new MemberId(1), new MemberId(2), 3, new RequestId(4), new Term(5)),
        new LeaseQuestion(new MemberId(1), new MemberId(2), 3, new RequestId(4), new LeaseId(-5), Renews: true),
        new LeaseQuestion(new MemberId(1), new MemberId(2), 3, new RequestId(4), new LeaseId(5), Renews: false),
        new LeaseAnswer(new MemberId(1), new MemberId(2), 3, new RequestId(4), -1),
    };

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_is_read_as_it_was_written(MemberMessage message)
    {
        MemberMessageCodec.Decode(Encode(message)).Should().Be(
            new MemberMessageDecoding.Decoded(GroupId.First, Incarnation.First, message));
    }

    [Fact]
    public void A_proposal_keeps_its_entry()
    {
        var bytes = Encode(new ForwardedProposal(
            new MemberId(1), new MemberId(2), 3, new RequestId(4), new Term(5), new byte[] { 6, 7 }));

        var read = MemberMessageCodec.Decode(bytes).Should().BeOfType<MemberMessageDecoding.Decoded>().Subject;

        read.Message.Should().BeOfType<ForwardedProposal>()
            .Which.Payload.ToArray().Should().Equal(6, 7);
    }

    [Fact]
    public void Messages_of_the_consensus_are_told_apart()
    {
        var output = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(
            GroupId.First, Incarnation.First, new TimeoutNow(new MemberId(1), new MemberId(2), new Term(3)), output);

        MemberMessageCodec.Owns(output.WrittenSpan).Should().BeFalse();
        MemberMessageCodec.Owns(Encode(new LeaseAnswer(new MemberId(1), new MemberId(2), 3, new RequestId(4), 5)))
            .Should().BeTrue();
    }

    [Fact]
    public void Whatever_the_bytes_are_nothing_is_thrown()
    {
        Gen.Byte.Array[0, 80].Sample(bytes =>
        {
            MemberMessageCodec.Decode(bytes).Should().NotBeNull();
        });
    }

    private static byte[] Encode(MemberMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        MemberMessageCodec.Encode(GroupId.First, Incarnation.First, message, output);
        return output.WrittenSpan.ToArray();
    }
}
