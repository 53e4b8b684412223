using System.Buffers;
using System.Buffers.Binary;
using Sync.Mvcc.Leases;
using Sync.Raft;

namespace Sync.Member.Forwarding;

/// <summary>Turns messages between members into bytes for a peer and back. A checksum is the transport's matter.</summary>
/// <remarks>
/// <code>
/// offset | size | field       | encoding
///      0 |    8 | group       | little-endian, as all numbers
///      8 |    8 | incarnation |
///     16 |    1 | kind        | 129 to 132, see below; a message of the consensus has one below 128 here
///     17 |    8 | from        |
///     25 |    8 | to          |
///     33 |    8 | run         |
///     41 |    8 | request     |
///     49 |    8 | number      | term of a proposal (129) or its refusal (130); lease of a question (131);
///        |      |             | seconds of an answer (132)
///     57 |      | rest        | of a proposal the entry; of a question one byte, 1 when it renews; else nothing
/// </code>
/// </remarks>
public static class MemberMessageCodec
{
    private const int KindOffset = 16;
    private const int HeadBytes = 57;

    /// <summary>Whether bytes of a peer are a message of this codec, not one of the consensus.</summary>
    public static bool Owns(ReadOnlySpan<byte> bytes) => bytes.Length > KindOffset && bytes[KindOffset] >= 128;

    /// <summary>Writes a message.</summary>
    /// <param name="group">The group that it belongs to.</param>
    /// <param name="incarnation">The life of the group that it belongs to.</param>
    /// <param name="message">The message.</param>
    /// <param name="output">Where the bytes go.</param>
    public static void Encode(
        GroupId group, Incarnation incarnation, MemberMessage message, IBufferWriter<byte> output)
    {
        var (kind, number) = message switch
        {
            ForwardedProposal proposal => (Kind.Proposal, proposal.Term.Value),
            ProposalRefused refused => (Kind.Refusal, refused.Term.Value),
            LeaseQuestion question => (Kind.Question, (ulong)question.Lease.Value),
            LeaseAnswer answer => (Kind.Answer, (ulong)answer.Seconds),
            _ => throw new InvariantException($"a message is of a known kind: {message.GetType().Name}"),
        };
        var head = output.GetSpan(HeadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(head, group.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], incarnation.Value);
        head[KindOffset] = (byte)kind;
        BinaryPrimitives.WriteUInt64LittleEndian(head[17..], message.From.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(head[25..], message.To.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(head[33..], message.Run);
        BinaryPrimitives.WriteUInt64LittleEndian(head[41..], message.Request.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(head[49..], number);
        output.Advance(HeadBytes);
        switch (message)
        {
            case ForwardedProposal proposal:
                output.Write(proposal.Payload.Span);
                break;
            case LeaseQuestion question:
                output.Write([question.Renews ? (byte)1 : (byte)0]);
                break;
        }
    }

    /// <summary>Reads a message that <see cref="Owns"/>.</summary>
    /// <param name="bytes">One whole message. A payload becomes a slice of it: it must not change any more.</param>
    /// <returns>The message, or what is wrong with the bytes; nothing is thrown, whatever they are.</returns>
    public static MemberMessageDecoding Decode(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < HeadBytes)
        {
            return Malformed(span, "it is cut short");
        }

        var group = new GroupId(BinaryPrimitives.ReadUInt64LittleEndian(span));
        var incarnation = new Incarnation(BinaryPrimitives.ReadUInt64LittleEndian(span[8..]));
        var from = new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(span[17..]));
        var to = new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(span[25..]));
        var run = BinaryPrimitives.ReadUInt64LittleEndian(span[33..]);
        var request = new RequestId(BinaryPrimitives.ReadUInt64LittleEndian(span[41..]));
        var number = BinaryPrimitives.ReadUInt64LittleEndian(span[49..]);
        if (group.Value == 0 || incarnation.Value == 0 || from == MemberId.None || to == MemberId.None)
        {
            return Malformed(span, "the group, its incarnation, the sender or the receiver is 0");
        }

        var rest = bytes[HeadBytes..];
        MemberMessage? message = ((Kind)span[KindOffset], rest.Length) switch
        {
            (Kind.Proposal, > 0) => new ForwardedProposal(from, to, run, request, new Term(number), rest),
            (Kind.Refusal, 0) => new ProposalRefused(from, to, run, request, new Term(number)),
            (Kind.Question, 1) when rest.Span[0] <= 1 => new LeaseQuestion(
                from, to, run, request, new LeaseId((long)number), Renews: rest.Span[0] == 1),
            (Kind.Answer, 0) => new LeaseAnswer(from, to, run, request, (long)number),
            _ => null,
        };
        return message is null
            ? Malformed(span, "its kind is unknown or does not fit its length")
            : new MemberMessageDecoding.Decoded(group, incarnation, message);
    }

    private static MemberMessageDecoding.Malformed Malformed(ReadOnlySpan<byte> bytes, string fault) =>
        new($"Malformed message of {bytes.Length} bytes: {fault}.");

    // The numbers stand in messages between members of different versions and never change.
    private enum Kind : byte
    {
        Proposal = 129,
        Refusal = 130,
        Question = 131,
        Answer = 132,
    }
}
