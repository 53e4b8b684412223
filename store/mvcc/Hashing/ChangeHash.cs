using System.Buffers.Binary;
using Sync.Mvcc.History;

namespace Sync.Mvcc.Hashing;

/// <summary>The hash of a run of changes, each in the two byte strings that etcd keeps of it.</summary>
/// <remarks>
/// The bytes <c>key</c>, then for each change its name and its content:
/// <code>
/// offset | size | field | encoding
/// 0      | 8    | main  | big endian
/// 8      | 1    | '_'   |
/// 9      | 8    | sub   | big endian
/// 17     | 1    | 't'   | of a delete only
/// </code>
/// and the protobuf message <c>mvccpb.KeyValue</c>, fields in order, zeros left out; of a delete only the key.
/// Source: etcd, server/storage/mvcc/revision.go and api/mvccpb/kv.proto.
/// </remarks>
internal sealed class ChangeHash
{
    private const int NameSize = 17;
    private const byte CountedBytes = 2;

    private Crc32C _crc;

    /// <summary>Begins with no change.</summary>
    public ChangeHash() => _crc.Add("key"u8);

    /// <summary>The hash of the changes so far.</summary>
    public uint Value => _crc.Value;

    /// <summary>Adds a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="value">Its value; empty for a delete.</param>
    public void Add(in ChangeRecord change, ReadOnlyMemory<byte> value)
    {
        Span<byte> name = stackalloc byte[NameSize + 1];
        BinaryPrimitives.WriteInt64BigEndian(name, change.Main);
        name[8] = (byte)'_';
        BinaryPrimitives.WriteInt64BigEndian(name[9..], change.Sub);
        name[NameSize] = (byte)'t';
        _crc.Add(change.IsDelete ? name : name[..NameSize]);

        AddBytes(field: 1, change.Key);
        if (!change.IsDelete)
        {
            AddNumber(field: 2, change.Create);
            AddNumber(field: 3, change.Main);
            AddNumber(field: 4, change.Version);
            AddBytes(field: 5, value.Span);
            AddNumber(field: 6, change.Lease);
        }
    }

    private void AddBytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            AddVariable((ulong)((field << 3) | CountedBytes));
            AddVariable((ulong)value.Length);
            _crc.Add(value);
        }
    }

    private void AddNumber(int field, long value)
    {
        if (value != 0)
        {
            AddVariable((ulong)(field << 3));
            AddVariable((ulong)value);
        }
    }

    private void AddVariable(ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        var size = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[size++] = (byte)(value | 0x80);
        }

        bytes[size++] = (byte)value;
        _crc.Add(bytes[..size]);
    }
}
