using System.Buffers.Binary;
using System.Security.Cryptography;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Backends;

/// <summary>A snapshot as bytes, and the keys that such bytes hold.</summary>
/// <remarks>
/// <code>
/// offset | size    | field                              | encoding
/// 0      | 16      | what this is                       | "metad snapshot 1"
/// 16     | 8       | revision                           | signed, little-endian
/// 24     | 3(4+n)  | where data, mappings, rules begin  | length and bytes; a length is signed and little-endian
///        | 4+n+4+n | each key and its value             | the same
///        | 4       | the end of the keys                | a length of 0, which no key has
///        | 32      | SHA-256 of all before              | bytes
/// </code>
/// Keys that fold onto one path are held under its canonical spelling, and rules that cannot be read as they last could:
/// the bytes hold what the snapshot showed.
/// </remarks>
/// <param name="Revision">The snapshot's revision.</param>
/// <param name="Keys">Every key with its value.</param>
public sealed record SnapshotImage(long Revision, IReadOnlyList<BackendChange> Keys)
{
    private const int LengthBytes = 4;
    private const int RevisionBytes = 8;

    private static readonly byte[] Mark = "metad snapshot 1"u8.ToArray();

    /// <summary>Writes a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="layout">Where keys live.</param>
    public static ReadOnlyMemory<byte> Write(MetadataSnapshot snapshot, KeyLayout layout)
    {
        var image = new ByteBuffer(64 * 1024);
        image.Append(Head(layout, snapshot.Revision));
        AppendBelow(image, snapshot.Tree.Root, layout.DataRoot);
        AppendBelow(image, snapshot.Mapping.Tree.Root, layout.MappingRoot);
        foreach (var (host, rules) in snapshot.Rules.Hosts)
        {
            var list = new ByteBuffer();
            RuleDocument.Write(list, rules.Rules.Stored());
            Append(image, layout.RuleKey(host));
            Append(image, list.Written);
        }

        image.Append(0, LengthBytes);
        image.Append(SHA256.HashData(image.Written));
        return image.WrittenMemory;
    }

    /// <summary>Reads what was written.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="layout">Where keys live; bytes that were written for other places are refused.</param>
    public static Reading<SnapshotImage> Read(ReadOnlyMemory<byte> bytes, KeyLayout layout)
    {
        if (bytes.Length < Mark.Length + RevisionBytes || !bytes.Span.StartsWith(Mark))
        {
            return Reading<SnapshotImage>.Refused("it is no snapshot of this version");
        }

        var body = bytes[..^Math.Min(bytes.Length, SHA256.HashSizeInBytes)];
        if (!SHA256.HashData(body.Span).AsSpan().SequenceEqual(bytes.Span[body.Length..]))
        {
            return Reading<SnapshotImage>.Refused("it is damaged");
        }

        // What has the digest of its writer is as it was written.
        var revision = BinaryPrimitives.ReadInt64LittleEndian(body.Span[Mark.Length..]);
        var head = Head(layout, revision);
        if (!body.Span.StartsWith(head))
        {
            return Reading<SnapshotImage>.Refused("it is of another prefix or group");
        }

        var keys = new List<BackendChange>();
        for (var rest = body[head.Length..]; TryTake(ref rest, out var key);)
        {
            TryTake(ref rest, out var value);
            keys.Add(new(key, value));
        }

        return Reading<SnapshotImage>.Of(new(revision, keys));
    }

    private static byte[] Head(KeyLayout layout, long revision)
    {
        var head = new ByteBuffer();
        head.Append(Mark);
        Span<byte> number = stackalloc byte[RevisionBytes];
        BinaryPrimitives.WriteInt64LittleEndian(number, revision);
        head.Append(number);
        foreach (var (start, _) in layout.Ranges)
        {
            Append(head, start);
        }

        return head.Written.ToArray();
    }

    private static void AppendBelow(ByteBuffer image, MetadataNode node, ReadOnlySpan<byte> key)
    {
        if (node.StoredValue is { } value)
        {
            Append(image, key);
            Append(image, value);
        }

        foreach (var child in node.Children)
        {
            AppendBelow(image, child, [.. key, (byte)'/', .. child.Name.Bytes]);
        }
    }

    private static void Append(ByteBuffer image, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        image.Append(length);
        image.Append(bytes);
    }

    // False at the end of the keys.
    private static bool TryTake(ref ReadOnlyMemory<byte> rest, out byte[] taken)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        taken = rest.Slice(LengthBytes, length).ToArray();
        rest = rest[(LengthBytes + length)..];
        return length > 0;
    }
}
