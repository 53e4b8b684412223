using System.Buffers;
using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Messages;

/// <summary>Turns messages into bytes for a peer and back. A checksum is the transport's matter.</summary>
/// <remarks>
/// Every message begins with
/// <code>
/// offset | size | field        | encoding
///      0 |    8 | group        | little-endian
///      8 |    8 | incarnation  | little-endian
///     16 |    1 | kind         | 1 to 13, see below
///     17 |    8 | from         | little-endian
///     25 |    8 | to           | little-endian
///     33 | 1-10 | term         | varint: seven bits a byte, lowest first, high bit set on all but the last
/// </code>
/// and goes on with the fields of its kind in the order of the record: numbers as varints, booleans as one
/// byte 0 or 1. The entries of an append request are their count and, for each, <c>term varint, kind byte,
/// length varint, payload</c>; their positions follow from the first. A snapshot is its index and term as varints
/// and its configuration as <see cref="GroupConfigurationCodec"/> writes it.
/// </remarks>
public static class MessageCodec
{
    // The shortest entry: a term, a kind and a length of one byte each.
    private const int EntryBytesMin = 3;

    /// <summary>Writes a message.</summary>
    /// <param name="group">The group that it belongs to.</param>
    /// <param name="incarnation">The life of the group that it belongs to.</param>
    /// <param name="message">The message.</param>
    /// <param name="output">Where the bytes go.</param>
    public static void Encode(
        GroupId group, Incarnation incarnation, Message message, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(output);

        var writer = new MessageWriter(output);
        writer.Fixed(group.Value);
        writer.Fixed(incarnation.Value);
        writer.Byte((byte)KindOf(message));
        writer.Fixed(message.From.Value);
        writer.Fixed(message.To.Value);
        writer.Varint(message.Term.Value);
        WriteFields(ref writer, message);
    }

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">
    /// One whole message. Payloads of entries become slices of it: it must not change any more.
    /// </param>
    /// <returns>The message, or what is wrong with the bytes; nothing is thrown, whatever they are.</returns>
    public static MessageDecoding Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var group = new GroupId(reader.Fixed());
        var incarnation = new Incarnation(reader.Fixed());
        reader.Check(group.Value > 0 && incarnation.Value > 0, "the group or its incarnation is 0");
        var kind = (MessageKind)reader.Byte();
        var from = new MemberId(reader.Fixed());
        var to = new MemberId(reader.Fixed());
        reader.Check(from != MemberId.None && to != MemberId.None, "the sender or the receiver is 0");
        var term = reader.Term();
        reader.Check(term > Term.None, "the term is 0");

        var message = ReadFields(ref reader, kind, from, to, term);
        reader.CheckEnd();
        return reader.Fault is { } fault
            ? new MessageDecoding.Malformed(fault)
            : new MessageDecoding.Decoded(group, incarnation, message);
    }

    private static MessageKind KindOf(Message message) => message switch
    {
        PreVoteRequest => MessageKind.PreVoteRequest,
        PreVoteResponse => MessageKind.PreVoteResponse,
        VoteRequest => MessageKind.VoteRequest,
        VoteResponse => MessageKind.VoteResponse,
        AppendRequest => MessageKind.AppendRequest,
        AppendAccepted => MessageKind.AppendAccepted,
        AppendRejected => MessageKind.AppendRejected,
        HeartbeatRequest => MessageKind.HeartbeatRequest,
        HeartbeatResponse => MessageKind.HeartbeatResponse,
        ReadIndexRequest => MessageKind.ReadIndexRequest,
        ReadIndexResponse => MessageKind.ReadIndexResponse,
        TimeoutNow => MessageKind.TimeoutNow,
        SnapshotOffer => MessageKind.SnapshotOffer,
        _ => throw new InvariantException($"a message is of a known kind: {message.GetType().Name}"),
    };

    private static void WriteFields(ref MessageWriter writer, Message message)
    {
        switch (message)
        {
            case PreVoteRequest request:
                writer.Varint(request.LastIndex.Value);
                writer.Varint(request.LastTerm.Value);
                writer.Varint(request.Commit.Value);
                writer.Varint(request.CommitTerm.Value);
                break;
            case PreVoteResponse response:
                writer.Boolean(response.IsGranted);
                writer.Varint(response.Commit.Value);
                writer.Varint(response.CommitTerm.Value);
                break;
            case VoteRequest request:
                writer.Varint(request.LastIndex.Value);
                writer.Varint(request.LastTerm.Value);
                writer.Boolean(request.IsTransfer);
                writer.Varint(request.Commit.Value);
                writer.Varint(request.CommitTerm.Value);
                break;
            case VoteResponse response:
                writer.Boolean(response.IsGranted);
                writer.Varint(response.Commit.Value);
                writer.Varint(response.CommitTerm.Value);
                break;
            case AppendRequest request:
                writer.Varint(request.PreviousIndex.Value);
                writer.Varint(request.PreviousTerm.Value);
                writer.Varint(request.Commit.Value);
                WriteEntries(ref writer, request);
                break;
            case AppendAccepted response:
                writer.Varint(response.Match.Value);
                break;
            case AppendRejected response:
                writer.Varint(response.PreviousIndex.Value);
                writer.Varint(response.HintIndex.Value);
                writer.Varint(response.HintTerm.Value);
                writer.Boolean(response.NeedsSnapshot);
                break;
            case HeartbeatRequest request:
                writer.Varint(request.Commit.Value);
                writer.Varint(request.Round);
                break;
            case HeartbeatResponse response:
                writer.Varint(response.Round);
                break;
            case ReadIndexRequest request:
                writer.Varint(request.Context.Value);
                break;
            case ReadIndexResponse response:
                writer.Varint(response.Index.Value);
                writer.Varint(response.Context.Value);
                break;
            case SnapshotOffer offer:
                writer.Varint(offer.Snapshot.Index.Value);
                writer.Varint(offer.Snapshot.Term.Value);
                GroupConfigurationCodec.Write(writer, offer.Snapshot.Configuration);
                break;
        }
    }

    private static Message ReadFields(
        ref MessageReader reader, MessageKind kind, MemberId from, MemberId to, Term term)
    {
        switch (kind)
        {
            case MessageKind.PreVoteRequest:
                return new PreVoteRequest(
                    from, to, term, reader.Index(), reader.Term(), reader.Index(), reader.Term());
            case MessageKind.PreVoteResponse:
                return new PreVoteResponse(from, to, term, reader.Boolean(), reader.Index(), reader.Term());
            case MessageKind.VoteRequest:
                return new VoteRequest(
                    from, to, term, reader.Index(), reader.Term(), reader.Boolean(), reader.Index(), reader.Term());
            case MessageKind.VoteResponse:
                return new VoteResponse(from, to, term, reader.Boolean(), reader.Index(), reader.Term());
            case MessageKind.AppendRequest:
                return ReadAppendRequest(ref reader, from, to, term);
            case MessageKind.AppendAccepted:
                return new AppendAccepted(from, to, term, reader.Index());
            case MessageKind.AppendRejected:
                return new AppendRejected(
                    from, to, term, reader.Index(), reader.Index(), reader.Term(), reader.Boolean());
            case MessageKind.HeartbeatRequest:
                return new HeartbeatRequest(from, to, term, reader.Index(), reader.Varint());
            case MessageKind.HeartbeatResponse:
                return new HeartbeatResponse(from, to, term, reader.Varint());
            case MessageKind.ReadIndexRequest:
                return new ReadIndexRequest(from, to, term, new ReadContext(reader.Varint()));
            case MessageKind.ReadIndexResponse:
                return new ReadIndexResponse(
                    from, to, term, reader.Index(), new ReadContext(reader.Varint()));
            case MessageKind.TimeoutNow:
                return new TimeoutNow(from, to, term);
            case MessageKind.SnapshotOffer:
                return ReadSnapshotOffer(ref reader, from, to, term);
            default:
                reader.Fail("its kind is unknown");
                return new TimeoutNow(from, to, term);
        }
    }

    private static void WriteEntries(ref MessageWriter writer, AppendRequest request)
    {
        writer.Varint((ulong)request.Entries.Length);
        var previous = request.PreviousIndex;
        foreach (var entry in request.Entries.Span)
        {
            Invariant.Require(entry.Index == previous.Next, "the entries of a message have no gap");
            writer.Varint(entry.Term.Value);
            writer.Byte((byte)entry.Kind);
            writer.Varint((ulong)entry.Payload.Length);
            writer.Bytes(entry.Payload.Span);
            previous = entry.Index;
        }
    }

    private static AppendRequest ReadAppendRequest(
        ref MessageReader reader, MemberId from, MemberId to, Term term)
    {
        var previousIndex = reader.Index();
        var previousTerm = reader.Term();
        reader.Check(previousTerm <= term, "the entry before is of a later term than the message");
        reader.Check((previousIndex == LogIndex.None) == (previousTerm == Term.None),
            "the entry before has a term exactly when it is one");
        var commit = reader.Index();
        var entries = new Entry[reader.Count(EntryBytesMin)];
        var (lastIndex, lastTerm) = (previousIndex, previousTerm);
        for (var position = 0; position < entries.Length && reader.Fault is null; position++)
        {
            lastIndex = lastIndex.Next;
            var entryTerm = reader.Term();
            reader.Check(entryTerm > Term.None && entryTerm >= lastTerm && entryTerm <= term,
                "the terms of the entries fall, or exceed the message's");
            var entryKind = (EntryKind)reader.Byte();
            reader.Check(
                entryKind is EntryKind.Normal or EntryKind.Configuration, "the kind of an entry is unknown");
            entries[position] = new Entry(entryTerm, lastIndex, entryKind, reader.Payload());
            lastTerm = entryTerm;
        }

        return new AppendRequest(from, to, term, previousIndex, previousTerm, commit, entries);
    }

    private static SnapshotOffer ReadSnapshotOffer(
        ref MessageReader reader, MemberId from, MemberId to, Term term)
    {
        var index = reader.Index();
        var snapshotTerm = reader.Term();
        reader.Check(index > LogIndex.None, "a snapshot is of the position before the first entry");
        reader.Check(snapshotTerm > Term.None && snapshotTerm <= term,
            "the term of a snapshot is 0, or exceeds the message's");
        var configuration = GroupConfigurationCodec.Read(ref reader);
        return new SnapshotOffer(from, to, term, new SnapshotHeader(index, snapshotTerm, configuration));
    }

    // The numbers stand in messages between members of different versions and never change.
    private enum MessageKind
    {
        PreVoteRequest = 1,
        PreVoteResponse = 2,
        VoteRequest = 3,
        VoteResponse = 4,
        AppendRequest = 5,
        AppendAccepted = 6,
        AppendRejected = 7,
        HeartbeatRequest = 8,
        HeartbeatResponse = 9,
        ReadIndexRequest = 10,
        ReadIndexResponse = 11,
        TimeoutNow = 12,
        SnapshotOffer = 13,
    }
}
