using System.Buffers;
using System.Buffers.Binary;
using Sync.Disk.Segments;
using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Disk.Checkpoints;

/// <summary>How a checkpoint is written in its file.</summary>
/// <remarks>
/// All numbers are little endian; "list" is a count of 4 bytes and the elements, "bytes" a size of 4 bytes and the
/// bytes themselves.
/// <code>
/// field             | encoding
/// magic             | "SYNCCHK\n"
/// format version    | 4 bytes, 1
/// zero              | 4 bytes
/// directory         | 8 bytes
/// number            | 8 bytes, counts the checkpoints of the directory
/// group             | 8 bytes
/// incarnation       | 8 bytes
/// applied           | 8 bytes, then 8 bytes for its term
/// key range         | bytes, bytes: [start, end); both empty for all keys
/// voters            | list of 8 bytes
/// membership        | bytes
/// revision          | 8 bytes
/// compacted         | 8 bytes
/// leases            | list of id, granted, remaining: 8 bytes each, times in seconds
/// alarms            | list of member: 8 bytes, type: 4 bytes
/// segments          | list of segment: 4 bytes, length: 4 bytes; in order of revision
/// checksum          | 4 bytes, CRC-32C of all before
/// </code>
/// </remarks>
internal static class CheckpointCodec
{
    private const uint FormatVersion = 1;
    private const int ChecksumBytes = 4;

    private static ReadOnlySpan<byte> Magic => "SYNCCHK\n"u8;

    /// <summary>Writes a checkpoint.</summary>
    internal static byte[] Encode(Checkpoint checkpoint, ulong directory, long number)
    {
        var content = new ArrayBufferWriter<byte>(1024);
        content.Write(Magic);
        Put(content, FormatVersion);
        Put(content, 0u);
        Put(content, directory);
        Put(content, (ulong)number);
        Put(content, checkpoint.Group.Value);
        Put(content, checkpoint.Incarnation.Value);
        Put(content, checkpoint.Applied.Value);
        Put(content, checkpoint.AppliedTerm.Value);
        Put(content, []);
        Put(content, []);
        PutList(content, checkpoint.Configuration.Voters, (writer, voter) => Put(writer, voter.Value));
        Put(content, checkpoint.Membership.Span);
        Put(content, checkpoint.Keyspace.Revision.Value);
        Put(content, checkpoint.Keyspace.CompactedRevision.Value);
        PutList(content, checkpoint.Keyspace.Leases, (writer, lease) =>
        {
            Put(writer, lease.Id.Value);
            Put(writer, lease.GrantedTtlSeconds);
            Put(writer, lease.RemainingTtlSeconds);
        });
        PutList(content, checkpoint.Keyspace.Alarms, (writer, alarm) =>
        {
            Put(writer, alarm.Member);
            Put(writer, (uint)alarm.Type);
        });
        PutList(content, checkpoint.Segments, (writer, extent) =>
        {
            Put(writer, (uint)extent.Segment);
            Put(writer, extent.LengthBytes);
        });
        Put(content, Crc32C.Of(content.WrittenSpan));
        return content.WrittenSpan.ToArray();
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file's path, for messages.</param>
    /// <param name="content">The file's content.</param>
    /// <param name="directory">The data directory that it must be of.</param>
    /// <param name="number">The number that it must have.</param>
    /// <exception cref="DamageException">The file is damaged.</exception>
    /// <exception cref="DataDirectoryException">A newer release wrote it.</exception>
    internal static Checkpoint Decode(string path, ReadOnlySpan<byte> content, ulong directory, long number)
    {
        if (content.Length < Magic.Length + ChecksumBytes
            || !content.StartsWith(Magic)
            || Crc32C.Of(content[..^ChecksumBytes]) != BinaryPrimitives.ReadUInt32LittleEndian(content[^ChecksumBytes..]))
        {
            throw new DamageException(path, 0, "the checkpoint fails its check", DamageException.UsualRemedy);
        }

        try
        {
            return Decode(path, new CheckpointReader(content[Magic.Length..^ChecksumBytes]), directory, number);
        }
        catch (Exception fault) when (fault is ArgumentException or OverflowException)
        {
            throw new DamageException(
                path, 0, "the checkpoint's check holds, and its content makes no sense", DamageException.UsualRemedy);
        }
    }

    private static Checkpoint Decode(string path, CheckpointReader reader, ulong directory, long number)
    {
        FormatVersions.Require(path, reader.TakeUInt32(), FormatVersion);
        reader.TakeUInt32();
        if (reader.TakeUInt64() != directory || reader.TakeInt64() != number)
        {
            throw new DamageException(
                path, 16, "the checkpoint is of another data directory or place", DamageException.UsualRemedy);
        }

        var group = new GroupId(reader.TakeUInt64());
        var incarnation = new Incarnation(reader.TakeUInt64());
        var applied = new LogIndex(reader.TakeUInt64());
        var appliedTerm = new Term(reader.TakeUInt64());
        if (reader.TakeBytes().Length + reader.TakeBytes().Length > 0)
        {
            throw new DataDirectoryException(path, "it holds a part of the keys only, which this release cannot");
        }

        var voters = new MemberId[reader.TakeCount(sizeof(ulong))];
        for (var voter = 0; voter < voters.Length; voter++)
        {
            voters[voter] = new MemberId(reader.TakeUInt64());
        }

        var membership = reader.TakeBytes().ToArray();
        var keyspace = TakeKeyspace(ref reader);
        var extents = new SegmentExtent[reader.TakeCount(2 * sizeof(uint))];
        for (var extent = 0; extent < extents.Length; extent++)
        {
            extents[extent] = new SegmentExtent((int)reader.TakeUInt32(), reader.TakeUInt32());
        }

        return new Checkpoint
        {
            Group = group,
            Incarnation = incarnation,
            Applied = applied,
            AppliedTerm = appliedTerm,
            Configuration = new GroupConfiguration(voters),
            Membership = membership,
            Keyspace = keyspace,
            Segments = extents,
        };
    }

    private static KeyspaceImage TakeKeyspace(ref CheckpointReader reader)
    {
        var revision = new Revision(reader.TakeInt64());
        var compacted = new Revision(reader.TakeInt64());
        var leases = new LeaseState[reader.TakeCount(3 * sizeof(long))];
        for (var lease = 0; lease < leases.Length; lease++)
        {
            leases[lease] = new LeaseState(new LeaseId(reader.TakeInt64()), reader.TakeInt64(), reader.TakeInt64());
        }

        var alarms = new Alarm[reader.TakeCount(sizeof(ulong) + sizeof(uint))];
        for (var alarm = 0; alarm < alarms.Length; alarm++)
        {
            alarms[alarm] = new Alarm(reader.TakeUInt64(), (AlarmType)reader.TakeUInt32());
        }

        return new KeyspaceImage(revision, compacted, leases, alarms);
    }

    private static void Put(ArrayBufferWriter<byte> content, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(content.GetSpan(sizeof(uint)), value);
        content.Advance(sizeof(uint));
    }

    private static void Put(ArrayBufferWriter<byte> content, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(content.GetSpan(sizeof(ulong)), value);
        content.Advance(sizeof(ulong));
    }

    private static void Put(ArrayBufferWriter<byte> content, long value) => Put(content, (ulong)value);

    private static void Put(ArrayBufferWriter<byte> content, ReadOnlySpan<byte> bytes)
    {
        Put(content, (uint)bytes.Length);
        content.Write(bytes);
    }

    private static void PutList<T>(
        ArrayBufferWriter<byte> content, IReadOnlyCollection<T> elements, Action<ArrayBufferWriter<byte>, T> put)
    {
        Put(content, (uint)elements.Count);
        foreach (var element in elements)
        {
            put(content, element);
        }
    }
}

/// <summary>Takes numbers and bytes off the front of a checkpoint; <see cref="ArgumentException"/> when they run out.</summary>
internal ref struct CheckpointReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    internal uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    internal ulong TakeUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    internal long TakeInt64() => (long)TakeUInt64();

    internal ReadOnlySpan<byte> TakeBytes() => Take(checked((int)TakeUInt32()));

    /// <summary>The count of a list whose elements have a size, bounded by what is left.</summary>
    internal int TakeCount(int elementBytes)
    {
        var count = checked((int)TakeUInt32());
        return (long)count * elementBytes <= _rest.Length
            ? count
            : throw new ArgumentException($"A list of {count} elements does not fit in {_rest.Length} bytes.");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new ArgumentException($"{count} bytes were expected, and {_rest.Length} are left.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
