using Google.Protobuf;

namespace Sync.Benchmarks.Workloads;

/// <summary>The keys and values that the workloads use; equal on every run.</summary>
/// <param name="Count">How many keys.</param>
/// <param name="ValueBytes">The size of each value.</param>
internal sealed record Keyspace(int Count, int ValueBytes)
{
    /// <summary>The key of a number: 16 bytes.</summary>
    public static ByteString Key(int number) => ByteString.CopyFromUtf8($"bench/{number:D10}");

    /// <summary>The value of a key: letters that differ from key to key and do not compress to nothing.</summary>
    public ByteString Value(int number)
    {
        var random = new Random(number);
        return ByteString.CopyFrom([.. Enumerable.Range(0, ValueBytes).Select(_ => (byte)random.Next('a', 'z' + 1))]);
    }

    /// <summary>One message for each key, with its gRPC prefix.</summary>
    public byte[][] Messages(Func<ByteString, ByteString, IMessage> request) =>
        [.. Enumerable.Range(0, Count).Select(number => Framed(request(Key(number), Value(number))))];

    /// <summary>A message as it travels: a zero byte (not compressed), four bytes of length, the body.</summary>
    public static byte[] Framed(IMessage message)
    {
        var body = message.ToByteArray();
        var framed = new byte[5 + body.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), body.Length);
        body.CopyTo(framed, 5);

        return framed;
    }
}
