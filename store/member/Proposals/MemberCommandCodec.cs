using System.Buffers;
using Sync.Member.Membership;
using Sync.Mvcc.Commands;

namespace Sync.Member.Proposals;

/// <summary>The payload of a log entry: one byte that names the kind, then the kind's own bytes.</summary>
public static class MemberCommandCodec
{
    private const byte ChangeKeyspaceKind = 1;
    private const byte PublishMemberKind = 2;

    /// <summary>The payload of a command.</summary>
    public static ReadOnlyMemory<byte> Encode(MemberCommand command)
    {
        switch (command)
        {
            case MemberCommand.ChangeKeyspace change:
                return Encode(change.Command);
            case MemberCommand.PublishMember publish:
                var output = new MemoryStream();
                output.WriteByte(PublishMemberKind);
                ClusterMembersCodec.Write(output, publish.Member);
                return output.ToArray();
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
            case var kind:
                throw new FormatException($"A committed entry is of kind {kind}, which this version does not know.");
        }
    }
}
