using System.Buffers;

namespace Sync.Raft.Messages;

/// <summary>Turns messages into bytes for a peer and back. A checksum is the transport's matter.</summary>
public static class MessageCodec
{
    /// <summary>Writes a message.</summary>
    /// <param name="group">The group that it belongs to.</param>
    /// <param name="incarnation">The life of the group that it belongs to.</param>
    /// <param name="message">The message.</param>
    /// <param name="output">Where the bytes go.</param>
    public static void Encode(GroupId group, Incarnation incarnation, Message message, IBufferWriter<byte> output) =>
        throw new NotImplementedException();

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">One whole message. Payloads of entries become slices of it: it must not change any more.</param>
    /// <returns>The message, or what is wrong with the bytes; nothing is thrown, whatever they are.</returns>
    public static MessageDecoding Decode(ReadOnlyMemory<byte> bytes) => throw new NotImplementedException();
}
