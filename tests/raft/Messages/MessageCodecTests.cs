using System.Buffers;
using CsCheck;
using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;
using Sync.Raft.Tests.Membership;

namespace Sync.Raft.Tests.Messages;

public class MessageCodecTests
{
    private static readonly Gen<ulong> Reachable =
        Gen.OneOf(Gen.ULong[0, 300], Gen.ULong[0, long.MaxValue / 4]);

    private static readonly Gen<LogIndex> Index = Reachable.Select(value => new LogIndex(value));
    private static readonly Gen<Term> AnyTerm = Reachable.Select(value => new Term(value));

    private static readonly Gen<(MemberId From, MemberId To, Term Term)> Head = Gen.Select(
        Gen.ULong[1, ulong.MaxValue], Gen.ULong[1, ulong.MaxValue], Gen.ULong[1, 1_000_000],
        (from, to, term) => (new MemberId(from), new MemberId(to), new Term(term)));

    private static readonly Gen<Message> AnyMessage = Gen.OneOf<Message>(
        Gen.Select(Head, Index, AnyTerm, Index, AnyTerm, (head, index, term, commit, commitTerm) =>
            (Message)new PreVoteRequest(head.From, head.To, head.Term, index, term, commit, commitTerm)),
        Gen.Select(Head, Gen.Bool, Index, AnyTerm, (head, granted, commit, term) =>
            (Message)new PreVoteResponse(head.From, head.To, head.Term, granted, commit, term)),
        Gen.Select(Head, Index, AnyTerm, Gen.Bool, Index, AnyTerm, (head, index, term, transfer, commit, commitTerm) =>
            (Message)new VoteRequest(head.From, head.To, head.Term, index, term, transfer, commit, commitTerm)),
        Gen.Select(Head, Gen.Bool, Index, AnyTerm, (head, granted, commit, term) =>
            (Message)new VoteResponse(head.From, head.To, head.Term, granted, commit, term)),
        Gen.Select(
            Head, Index, Index, Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 3], Gen.Bool).Array[0, 20],
            Append),
        Gen.Select(Head, Index, (head, match) =>
            (Message)new AppendAccepted(head.From, head.To, head.Term, match)),
        Gen.Select(Head, Index, Index, AnyTerm, Gen.Bool, (head, previous, hint, hintTerm, needs) =>
            (Message)new AppendRejected(head.From, head.To, head.Term, previous, hint, hintTerm, needs)),
        Gen.Select(Head, Index, Gen.ULong, (head, commit, round) =>
            (Message)new HeartbeatRequest(head.From, head.To, head.Term, commit, round)),
        Gen.Select(Head, Gen.ULong, (head, round) =>
            (Message)new HeartbeatResponse(head.From, head.To, head.Term, round)),
        Gen.Select(Head, Gen.ULong, (head, read) =>
            (Message)new ReadIndexRequest(head.From, head.To, head.Term, new ReadContext(read))),
        Gen.Select(Head, Index, Gen.ULong, (head, index, read) =>
            (Message)new ReadIndexResponse(head.From, head.To, head.Term, index, new ReadContext(read))),
        Head.Select(head => (Message)new TimeoutNow(head.From, head.To, head.Term)),
        Gen.Select(Head, Reachable, Configurations.Any, (head, index, configuration) =>
            (Message)new SnapshotOffer(head.From, head.To, head.Term, new SnapshotHeader(
                new LogIndex(index + 1), head.Term, configuration))));

    [Fact]
    public void A_message_is_read_as_it_was_written() =>
        Gen.Select(Gen.ULong[1, ulong.MaxValue], Gen.ULong[1, ulong.MaxValue], AnyMessage).Sample(
            (group, incarnation, message) =>
            {
                var decoding = MessageCodec.Decode(Encode(group, incarnation, message));

                var decoded = Assert.IsType<MessageDecoding.Decoded>(decoding);
                return decoded.Group.Value == group && decoded.Incarnation.Value == incarnation
                    && AreEqual(decoded.Message, message);
            },
            iter: 20_000);

    [Fact]
    public void A_message_begins_with_its_group_and_incarnation()
    {
        var bytes = Encode(0x0102, 0x0304, new TimeoutNow(new MemberId(5), new MemberId(6), new Term(300)));

        Convert.ToHexString(bytes).Should().Be(
            "0201000000000000" + "0403000000000000"
            + "0C" + "0500000000000000" + "0600000000000000" + "AC02");
    }

    [Fact]
    public void A_message_that_is_cut_anywhere_is_refused() =>
        AnyMessage.Sample(
            message =>
            {
                var bytes = Encode(1, 1, message);
                for (var length = 0; length < bytes.Length; length++)
                {
                    Assert.IsType<MessageDecoding.Malformed>(MessageCodec.Decode(bytes.AsMemory(0, length)));
                }
            },
            iter: 500);

    [Fact]
    public void A_message_with_bytes_after_its_end_is_refused() =>
        AnyMessage.Sample(
            message =>
            {
                byte[] longer = [.. Encode(1, 1, message), 0];

                return MessageCodec.Decode(longer) is MessageDecoding.Malformed;
            },
            iter: 2_000);

    [Fact]
    public void Damaged_bytes_are_refused_or_are_a_message_that_obeys_the_rules() =>
        Gen.Select(AnyMessage, Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[1, 4]).Sample(
            (message, damages) =>
            {
                var bytes = Encode(1, 1, message);
                foreach (var (position, value) in damages)
                {
                    bytes[position % bytes.Length] = value;
                }

                return ObeysRules(MessageCodec.Decode(bytes));
            },
            iter: 50_000);

    [Fact]
    public void Garbage_never_throws() =>
        Gen.Byte.Array[0, 200].Sample(bytes => ObeysRules(MessageCodec.Decode(bytes)), iter: 50_000);

    [Theory]
    [InlineData("00", "its kind is unknown")]
    [InlineData("0E", "its kind is unknown")]
    public void An_unknown_kind_is_refused(string kind, string reason)
    {
        var bytes = Convert.FromHexString(
            "0100000000000000" + "0100000000000000" + kind + "0500000000000000" + "0600000000000000" + "01");

        MessageCodec.Decode(bytes)
            .Should().BeOfType<MessageDecoding.Malformed>().Which.Reason.Should().Contain(reason);
    }

    [Theory]
    [InlineData("00" + "01" + "00" + "01", "the position before the first entry")]
    [InlineData("05" + "00" + "00" + "01", "the term of a snapshot is 0")]
    [InlineData("05" + "02" + "00" + "01", "exceeds the message's")]
    [InlineData("05" + "01" + "02" + "01", "unknown flag")]
    [InlineData("05" + "01" + "01" + "01", "do not fit each other")]
    [InlineData("05" + "01" + "00" + "02" + "0900000000000000", "do not ascend")]
    public void A_snapshot_that_contradicts_itself_is_refused(string fields, string reason)
    {
        var bytes = Convert.FromHexString(
            "0100000000000000" + "0100000000000000"
            + "0D" + "0500000000000000" + "0600000000000000" + "01" + fields + "0700000000000000" + "000000");

        MessageCodec.Decode(bytes)
            .Should().BeOfType<MessageDecoding.Malformed>().Which.Reason.Should().Contain(reason);
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF01", "beyond any that can be reached")]
    [InlineData("FFFFFFFFFFFFFFFFFF7F", "more than 64 bits")]
    [InlineData("8080808080808080808000", "more than 64 bits")]
    public void A_number_that_is_too_large_is_refused(string match, string reason)
    {
        var bytes = Convert.FromHexString(
            "0100000000000000" + "0100000000000000"
            + "06" + "0500000000000000" + "0600000000000000" + "01" + match);

        MessageCodec.Decode(bytes)
            .Should().BeOfType<MessageDecoding.Malformed>().Which.Reason.Should().Contain(reason);
    }

    [Fact]
    public void A_count_of_entries_that_cannot_fit_is_refused_before_anything_is_allocated()
    {
        var bytes = Convert.FromHexString(
            "0100000000000000" + "0100000000000000" + "05" + "0500000000000000" + "0600000000000000" + "01"
            + "00" + "00" + "00" + "FFFFFFFF07" + "010001" + "61");

        MessageCodec.Decode(bytes).Should().BeOfType<MessageDecoding.Malformed>()
            .Which.Reason.Should().Contain("more entries are announced than fit");
    }

    [Theory]
    [InlineData(2, 2, 1, "terms of the entries fall")]
    [InlineData(1, 4, 4, "exceed the message's")]
    [InlineData(4, 4, 4, "later term than the message")]
    public void Entries_whose_terms_contradict_the_message_are_refused(
        ulong previous, ulong first, ulong second, string reason)
    {
        var message = new AppendRequest(
            new MemberId(1), new MemberId(2), new Term(3),
            new LogIndex(7), new Term(previous), LogIndex.None,
            new[] { EntryOf(first, 8), EntryOf(second, 9) });

        MessageCodec.Decode(Encode(1, 1, message)).Should().BeOfType<MessageDecoding.Malformed>()
            .Which.Reason.Should().Contain(reason);
    }

    [Fact]
    public void Payloads_are_slices_of_the_received_bytes()
    {
        var message = new AppendRequest(
            new MemberId(1), new MemberId(2), new Term(3), new LogIndex(7), new Term(1), new LogIndex(0),
            new[] { new Entry(new Term(3), new LogIndex(8), EntryKind.Normal, new byte[] { 1, 2, 3 }) });
        var bytes = Encode(1, 1, message);

        var decoded = Assert.IsType<MessageDecoding.Decoded>(MessageCodec.Decode(bytes));

        bytes[^1] = 9;
        ((AppendRequest)decoded.Message).Entries.Span[0].Payload.ToArray().Should().Equal(1, 2, 9);
    }

    private static Message Append(
        (MemberId From, MemberId To, Term Term) head, LogIndex previous, LogIndex commit,
        (byte[] Payload, int TermStep, bool IsConfiguration)[] parts)
    {
        var previousTerm = previous == LogIndex.None ? 0UL : 1;
        var (term, index) = (1UL, previous);
        var entries = new List<Entry>();
        foreach (var (payload, termStep, isConfiguration) in parts)
        {
            term = Math.Min(head.Term.Value, term + (ulong)termStep);
            index = index.Next;
            var kind = isConfiguration ? EntryKind.Configuration : EntryKind.Normal;
            entries.Add(new Entry(new Term(term), index, kind, payload));
        }

        return new AppendRequest(
            head.From, head.To, head.Term, previous, new Term(previousTerm), commit, entries.ToArray());
    }

    private static Entry EntryOf(ulong term, ulong index) =>
        new(new Term(term), new LogIndex(index), EntryKind.Normal, new byte[] { 1 });

    private static byte[] Encode(ulong group, ulong incarnation, Message message)
    {
        var output = new ArrayBufferWriter<byte>();
        MessageCodec.Encode(new GroupId(group), new Incarnation(incarnation), message, output);
        return output.WrittenSpan.ToArray();
    }

    private static bool AreEqual(Message one, Message other) =>
        one is AppendRequest left && other is AppendRequest right
            ? left with { Entries = default } == right with { Entries = default }
                && left.Entries.Span.SequenceEqual(right.Entries.Span)
            : one == other;

    // What is not refused can be written again and read back as the same.
    private static bool ObeysRules(MessageDecoding decoding)
    {
        if (decoding is not MessageDecoding.Decoded decoded)
        {
            return true;
        }

        var again = MessageCodec.Decode(
            Encode(decoded.Group.Value, decoded.Incarnation.Value, decoded.Message));
        return again is MessageDecoding.Decoded same && AreEqual(same.Message, decoded.Message);
    }
}
