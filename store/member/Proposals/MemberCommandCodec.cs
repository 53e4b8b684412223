using System.Buffers;
using System.Buffers.Binary;
using Sync.Member.Membership;
using Sync.Mvcc.Commands;
using Sync.Raft;

namespace Sync.Member.Proposals;

/// <summary>The payload of a log entry: one byte that names the kind, then the kind's own bytes.</summary>
public static class MemberCommandCodec
{
    private const byte ChangeKeyspaceKind = 1;
    private const byte PublishMemberKind = 2;
    private const byte ForwardedKind = 3;
    private const byte PublishMemberWithVersionKind = 4;
    private const byte DowngradeKind = 5;

    // The kind, then the member, its run and its request, each 8 bytes little-endian; the command's payload follows.
    private const int ForwardedHeadBytes = 25;

    /// <summary>The payload of a command.</summary>
    public static ReadOnlyMemory<byte> Encode(MemberCommand command)
    {
        switch (command)
        {
            case MemberCommand.ChangeKeyspace change:
                return Encode(change.Command);
            case MemberCommand.Forwarded forwarded:
                return EncodeForwarded(
                    forwarded.Asker, forwarded.Run, forwarded.Request, Encode(forwarded.Command));
            case MemberCommand.PublishMember publish:
                var output = new MemoryStream();
                output.WriteByte(PublishMemberWithVersionKind);
                ClusterMembersCodec.Write(output, publish.Member);
                ClusterMembersCodec.WriteVersion(output, publish.Member.Version);
                return output.ToArray();
            case MemberCommand.Downgrade downgrade:
                var bytes = new MemoryStream();
                bytes.WriteByte(DowngradeKind);
                ClusterMembersCodec.WriteVersion(bytes, downgrade.Target);
                return bytes.ToArray();
            default:
                throw new InvariantException($"a command of kind {command.GetType().Name} has a codec");
        }
    }

    /// <summary>The payload of a change of the keyspace.</summary>
    public static ReadOnlyMemory<byte> Encode(Command command)
    {
        var output = new ArrayBufferWriter<byte>();
        output.GetSpan(1)[0] = ChangeKeyspaceKind;
        output.Advance(1);
        CommandCodec.Encode(command, output);
        return output.WrittenMemory;
    }

    /// <summary>The payload of a command that the leader is to propose for another member.</summary>
    /// <param name="asker">The member whose client waits.</param>
    /// <param name="run">Its run.</param>
    /// <param name="request">Its name for the request.</param>
    /// <param name="payload">The payload of the command itself.</param>
    public static ReadOnlyMemory<byte> EncodeForwarded(
        MemberId asker, ulong run, RequestId request, ReadOnlyMemory<byte> payload)
    {
        var forwarded = new byte[ForwardedHeadBytes + payload.Length];
        forwarded[0] = ForwardedKind;
        BinaryPrimitives.WriteUInt64LittleEndian(forwarded.AsSpan(1), asker.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(forwarded.AsSpan(9), run);
        BinaryPrimitives.WriteUInt64LittleEndian(forwarded.AsSpan(17), request.Value);
        payload.CopyTo(forwarded.AsMemory(ForwardedHeadBytes));
        return forwarded;
    }

    /// <summary>The payload of a command without what a member that forwarded it has put before it.</summary>
    public static ReadOnlyMemory<byte> CommandOf(ReadOnlyMemory<byte> payload) =>
        payload.Length > ForwardedHeadBytes && payload.Span[0] == ForwardedKind ? payload[ForwardedHeadBytes..] : payload;

    /// <summary>Reads a payload. Keys and values are slices of it.</summary>
    /// <param name="payload">Not empty.</param>
    /// <exception cref="FormatException">
    /// This version does not know the command. As the entry is committed, the member cannot go on.
    /// </exception>
    public static MemberCommand Decode(ReadOnlyMemory<byte> payload)
    {
        var rest = payload[1..];
        switch (payload.Span[0])
        {
            case ChangeKeyspaceKind:
                var decoded = CommandCodec.Decode(rest);
                return decoded.IsOk
                    ? new MemberCommand.ChangeKeyspace(decoded.Value)
                    : throw new FormatException("A committed entry holds a command that this version cannot read.");
            case PublishMemberKind:
                return new MemberCommand.PublishMember(ClusterMembersCodec.DecodeOne(rest.Span));
            case PublishMemberWithVersionKind:
                return new MemberCommand.PublishMember(ClusterMembersCodec.DecodeOneWithVersion(rest.Span));
            case DowngradeKind:
                return new MemberCommand.Downgrade(ClusterMembersCodec.DecodeVersion(rest.Span));
            case ForwardedKind when payload.Length > ForwardedHeadBytes && payload.Span[ForwardedHeadBytes] != ForwardedKind:
                return new MemberCommand.Forwarded(
                    new MemberId(BinaryPrimitives.ReadUInt64LittleEndian(rest.Span)),
                    BinaryPrimitives.ReadUInt64LittleEndian(rest.Span[8..]),
                    new RequestId(BinaryPrimitives.ReadUInt64LittleEndian(rest.Span[16..])),
                    Decode(payload[ForwardedHeadBytes..]));
            case var kind:
                throw new FormatException($"A committed entry is of kind {kind}, which this version does not know.");
        }
    }
}
