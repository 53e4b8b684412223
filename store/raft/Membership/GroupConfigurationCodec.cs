using System.Buffers;
using Sync.Raft.Messages;

namespace Sync.Raft.Membership;

/// <summary>The bytes of a configuration, in checkpoints, snapshots and messages.</summary>
/// <remarks>
/// <code>
/// size      | field             | encoding
///         1 | flags             | bit 0: leaves a joint configuration by itself; the others 0
/// 1-10, 8 n | voters            | count as varint, ids little-endian, ascending
/// 1-10, 8 n | outgoing voters   | likewise
/// 1-10, 8 n | learners          | likewise
/// 1-10, 8 n | next learners     | likewise
/// </code>
/// A varint has seven bits a byte, lowest first, high bit set on all but the last.
/// </remarks>
public static class GroupConfigurationCodec
{
    private const byte LeavesByItselfFlag = 1;

    /// <summary>The bytes of a configuration.</summary>
    public static byte[] Encode(GroupConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);

        var output = new ArrayBufferWriter<byte>();
        Write(new MessageWriter(output), configuration);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <param name="bytes">The whole of it and nothing else.</param>
    /// <exception cref="FormatException">The bytes are no configuration; the message says why.</exception>
    public static GroupConfiguration Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var configuration = Read(ref reader);
        reader.CheckEnd();
        return reader.Fault is { } fault
            ? throw new FormatException($"A group's configuration cannot be read. {fault}")
            : configuration;
    }

    /// <summary>Writes a configuration as a part of a message.</summary>
    internal static void Write(MessageWriter writer, GroupConfiguration configuration)
    {
        writer.Byte(configuration.LeavesJointByItself ? LeavesByItselfFlag : (byte)0);
        Write(writer, configuration.Voters.AsSpan());
        Write(writer, configuration.OutgoingVoters.AsSpan());
        Write(writer, configuration.Learners.AsSpan());
        Write(writer, configuration.NextLearners.AsSpan());
    }

    /// <summary>Reads a configuration as a part of a message; any one after a fault.</summary>
    internal static GroupConfiguration Read(ref MessageReader reader)
    {
        var flags = reader.Byte();
        reader.Check(flags <= LeavesByItselfFlag, "a configuration has an unknown flag");
        var leavesByItself = flags == LeavesByItselfFlag;
        var voters = ReadMembers(ref reader);
        var outgoingVoters = ReadMembers(ref reader);
        var learners = ReadMembers(ref reader);
        var nextLearners = ReadMembers(ref reader);
        if (reader.Fault is null)
        {
            var fault = GroupConfiguration.FaultOf(
                voters, learners, outgoingVoters, nextLearners, leavesByItself);
            reader.Check(fault is null, "the parts of a configuration do not fit each other");
        }

        return reader.Fault is null
            ? new GroupConfiguration(voters, learners, outgoingVoters, nextLearners, leavesByItself)
            : new GroupConfiguration(new MemberId(1));
    }

    private static void Write(MessageWriter writer, ReadOnlySpan<MemberId> members)
    {
        writer.Varint((ulong)members.Length);
        foreach (var member in members)
        {
            writer.Fixed(member.Value);
        }
    }

    private static MemberId[] ReadMembers(ref MessageReader reader)
    {
        var members = new MemberId[reader.Count(elementBytesMin: sizeof(ulong))];
        for (var position = 0; position < members.Length; position++)
        {
            members[position] = new MemberId(reader.Fixed());
            reader.Check(position == 0 || members[position] > members[position - 1],
                "the members of a configuration do not ascend");
        }

        return members;
    }
}
