using System.Buffers;
using Sync.Raft.Messages;

namespace Sync.Raft.Membership;

/// <summary>The payload of an entry of kind <see cref="Log.EntryKind.Configuration"/>.</summary>
/// <remarks>
/// <code>
/// size     | field      | encoding
///        1 | transition | <see cref="ChangeTransition"/>
///     1-10 | count      | varint
///  9 count | changes    | <see cref="MemberChangeKind"/> as a byte, member id little-endian
///     rest | context    | the owner's bytes
/// </code>
/// </remarks>
public static class ConfigurationChangeCodec
{
    private const int ChangeBytes = 1 + sizeof(ulong);

    /// <summary>The payload of a change.</summary>
    public static byte[] Encode(ConfigurationChange change)
    {
        ArgumentNullException.ThrowIfNull(change);

        var output = new ArrayBufferWriter<byte>();
        var writer = new MessageWriter(output);
        writer.Byte((byte)change.Transition);
        writer.Varint((ulong)change.Changes.Length);
        foreach (var (kind, member) in change.Changes)
        {
            writer.Byte((byte)kind);
            writer.Fixed(member.Value);
        }

        writer.Bytes(change.Context.Span);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a payload. The context is a slice of it.</summary>
    /// <param name="payload">The whole payload of the entry.</param>
    /// <exception cref="FormatException">
    /// The bytes are no change. As the entry is committed, the member cannot go on.
    /// </exception>
    public static ConfigurationChange Decode(ReadOnlyMemory<byte> payload)
    {
        var reader = new MessageReader(payload);
        var transition = (ChangeTransition)reader.Byte();
        reader.Check(transition <= ChangeTransition.JointUntilTold, "the transition is unknown");
        var changes = new MemberChange[reader.Count(ChangeBytes)];
        foreach (ref var change in changes.AsSpan())
        {
            var kind = (MemberChangeKind)reader.Byte();
            reader.Check(kind is >= MemberChangeKind.AddVoter and <= MemberChangeKind.Remove,
                "the kind of a change is unknown");
            change = new MemberChange(kind, new MemberId(reader.Fixed()));
        }

        var context = reader.Rest();
        return reader.Fault is { } fault
            ? throw new FormatException($"A change of the configuration cannot be read. {fault}")
            : new ConfigurationChange([.. changes], transition, context);
    }
}
