using System.Buffers;

namespace Sync.Mvcc.Commands;

/// <summary>The bytes of a command in the log.</summary>
public static class CommandCodec
{
    /// <summary>Appends a command's bytes.</summary>
    public static void Encode(Command command, IBufferWriter<byte> output) =>
        throw new NotImplementedException();

    /// <summary>A command's bytes.</summary>
    public static byte[] Encode(Command command) => throw new NotImplementedException();

    /// <summary>Reads a command back. Keys and values are slices of <paramref name="input"/>.</summary>
    /// <param name="input">The whole bytes of one command.</param>
    /// <returns>The command, or <see cref="StoreError.MalformedCommand"/>.</returns>
    public static Result<Command> Decode(ReadOnlyMemory<byte> input) => throw new NotImplementedException();
}
