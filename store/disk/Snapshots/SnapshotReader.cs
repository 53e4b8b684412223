using System.Buffers.Binary;
using System.Security.Cryptography;
using Sync.Disk.Segments;
using Sync.Mvcc.Changes;

namespace Sync.Disk.Snapshots;

/// <summary>The bytes of a snapshot, made while they are read; see <see cref="SnapshotBlock"/> for their layout.</summary>
/// <remarks>
/// One thread at a time. It holds one block in memory, about 64 KiB or the largest change, however large the snapshot is.
/// </remarks>
public sealed class SnapshotReader : IDisposable
{
    private readonly SnapshotManifest _manifest;
    private readonly IEnumerator<(ChangeHeader Header, ChangeLocation Location)> _changes;
    private readonly ChangeSegments _segments;
    private readonly long _lengthBytes;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // The bytes being handed out; those from _position on are still to come.
    private byte[] _block = new byte[SnapshotBlock.UsualPayloadBytes + SnapshotBlock.HeaderBytes];
    private int _filled;
    private int _position;
    private long _made;
    private uint _checksum;
    private Stage _stage;
    private bool _hasChange;
    private long _changeCount;
    private long _changeBytes;

    internal SnapshotReader(
        SnapshotManifest manifest,
        IEnumerable<(ChangeHeader Header, ChangeLocation Location)> changes,
        ChangeSegments segments,
        long lengthBytes)
    {
        _manifest = manifest;
        _changes = changes.GetEnumerator();
        _segments = segments;
        _lengthBytes = lengthBytes;
    }

    private enum Stage
    {
        Manifest,
        Changes,
        Digest,
        Done,
    }

    /// <summary>Where the next byte stands in the snapshot.</summary>
    public long Offset => _made - (_filled - _position);

    /// <summary>How many bytes are still to come.</summary>
    public long RemainingBytes => _lengthBytes - Offset;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="target">Where to put them; it is filled unless the snapshot ends.</param>
    /// <returns>How many there are; 0 at the end.</returns>
    /// <exception cref="DamageException">A change is not what was written; the member must stop.</exception>
    /// <exception cref="DiskFailureException">A change could not be read; the process must stop.</exception>
    public int Read(Span<byte> target)
    {
        var count = 0;
        while (count < target.Length && (_position < _filled || MakeNext()))
        {
            var part = Math.Min(target.Length - count, _filled - _position);
            _block.AsSpan(_position, part).CopyTo(target[count..]);
            _position += part;
            count += part;
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _changes.Dispose();
        _digest.Dispose();
    }

    private bool MakeNext()
    {
        (_filled, _position) = (0, 0);
        switch (_stage)
        {
            case Stage.Manifest:
                MakeManifest();
                break;
            case Stage.Changes when _hasChange:
                MakeChanges();
                break;
            case Stage.Changes:
                MakeEnd();
                break;
            case Stage.Digest:
                MakeDigest();
                break;
            case Stage.Done:
                return false;
        }

        _made += _filled;
        Invariant.Require(
            _made <= _lengthBytes && (_stage != Stage.Done || _made == _lengthBytes),
            "a snapshot has the size that was measured");
        return true;
    }

    private void MakeManifest()
    {
        _checksum = SnapshotBlock.PutHead(Reserve(SnapshotBlock.HeadBytes));
        _digest.AppendData(_block.AsSpan(0, _filled));
        Reserve(SnapshotBlock.HeaderBytes);
        Put(_manifest.Encode());
        Seal(SnapshotBlockKind.Manifest, SnapshotBlock.HeadBytes);
        _hasChange = _changes.MoveNext();
        _stage = Stage.Changes;
    }

    private void MakeChanges()
    {
        Reserve(SnapshotBlock.HeaderBytes);
        var payload = 0L;
        do
        {
            var (header, location) = _changes.Current;
            if (payload > 0 && payload + location.Length > SnapshotBlock.UsualPayloadBytes)
            {
                break;
            }

            var change = _segments.Read(location);
            if (change.Header.Id != header.Id)
            {
                throw Invariant.Broken($"change {header.Id} lies where change {change.Header.Id} is");
            }

            ChangeRecord.Encode(change, Reserve(location.Length), seed: 0);
            payload += location.Length;
            _changeCount++;
            _hasChange = _changes.MoveNext();
        }
        while (_hasChange);

        _changeBytes += payload;
        Seal(SnapshotBlockKind.Changes, start: 0);
    }

    private void MakeEnd()
    {
        Invariant.Require(
            _changeCount == _manifest.ChangeCount && _changeBytes == _manifest.ChangeBytes,
            "a snapshot has the changes that were counted");
        Reserve(SnapshotBlock.HeaderBytes);
        var counts = Reserve(SnapshotBlock.EndBytes);
        BinaryPrimitives.WriteInt64LittleEndian(counts, _changeCount);
        BinaryPrimitives.WriteInt64LittleEndian(counts[8..], _changeBytes);
        Seal(SnapshotBlockKind.End, start: 0);
        _stage = Stage.Digest;
    }

    private void MakeDigest()
    {
        Reserve(SnapshotBlock.PaddingAfter(_made)).Clear();
        _digest.AppendData(_block.AsSpan(0, _filled));
        Put(_digest.GetHashAndReset());
        _stage = Stage.Done;
    }

    private void Seal(SnapshotBlockKind kind, int start)
    {
        var block = _block.AsSpan(start, _filled - start);
        _checksum = SnapshotBlock.Seal(block, kind, _checksum);
        _digest.AppendData(block);
    }

    private void Put(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    private Span<byte> Reserve(int size)
    {
        if (_filled + size > _block.Length)
        {
            Array.Resize(ref _block, Math.Max(_filled + size, _block.Length * 2));
        }

        _filled += size;
        return _block.AsSpan(_filled - size, size);
    }
}
