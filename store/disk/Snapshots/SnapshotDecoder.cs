using System.Buffers.Binary;
using System.Security.Cryptography;
using Sync.Disk.Segments;
using Sync.Mvcc;
using Sync.Mvcc.Changes;

namespace Sync.Disk.Snapshots;

/// <summary>
/// Takes a snapshot's bytes in order, in pieces of any size, and gives back its blocks, each one checked. See
/// <see cref="SnapshotBlock"/> for the layout.
/// </summary>
/// <remarks>
/// It holds one block. A size that a block claims is believed only as its bytes arrive. Once it has thrown, it is of no use.
/// </remarks>
internal sealed class SnapshotDecoder : IDisposable
{
    private const uint PayloadBytesMax = 1024 * 1024 * 1024;

    private readonly string _source;
    private readonly bool _requiresDigest;
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // The piece being collected: it is complete with _wanted bytes.
    private byte[] _piece = new byte[SnapshotBlock.UsualPayloadBytes + SnapshotBlock.HeaderBytes];
    private int _collected;
    private int _wanted = SnapshotBlock.HeadBytes;
    private Stage _stage;
    private SnapshotBlockKind _kind;
    private bool _isBlockGiven;
    private uint _checksum;
    private long _changeCount;
    private long _changeBytes;
    private ChangeId _lastChange;

    /// <summary>A decoder that has seen nothing.</summary>
    /// <param name="source">Whose snapshot it is, for messages.</param>
    /// <param name="requiresDigest">Whether the digest must be there and right.</param>
    internal SnapshotDecoder(string source, bool requiresDigest)
    {
        _source = source;
        _requiresDigest = requiresDigest;
    }

    private enum Stage
    {
        Head,
        BlockHeader,
        Payload,
        Padding,
        Digest,
        Done,
    }

    /// <summary>Where the next byte stands in the snapshot.</summary>
    internal long Offset { get; private set; }

    /// <summary>The manifest; null until its block is complete.</summary>
    internal SnapshotManifest? Manifest { get; private set; }

    /// <summary>Takes bytes until a block is complete or none are left.</summary>
    /// <param name="bytes">The next bytes; what was taken is cut off their front.</param>
    /// <returns>Whether a block became complete; its changes are <see cref="Changes"/>.</returns>
    /// <exception cref="SnapshotException">The bytes are not a snapshot's, or not this one's next ones.</exception>
    internal bool Take(ref ReadOnlySpan<byte> bytes)
    {
        if (_isBlockGiven)
        {
            EndBlock();
        }

        while (!bytes.IsEmpty)
        {
            if (_stage == Stage.Done)
            {
                throw Refuse("it goes on after its end");
            }

            var part = Math.Min(_wanted - _collected, bytes.Length);
            Collect(bytes[..part]);
            bytes = bytes[part..];
            if (_collected == _wanted && Complete())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The changes of the block that <see cref="Take"/> completed, with their offset in the snapshot.</summary>
    /// <returns>The changes in order; their bytes are valid until the next <see cref="Take"/>.</returns>
    /// <exception cref="SnapshotException">They are no changes, or out of order.</exception>
    internal IEnumerable<(StoredChange Change, long Offset, int Length)> Changes()
    {
        var start = Offset - _collected;
        for (var place = SnapshotBlock.HeaderBytes; _kind == SnapshotBlockKind.Changes && place < _collected;)
        {
            var rest = _piece.AsMemory(place, _collected - place);
            if (ChangeRecord.SizeFrom(rest.Span, rest.Length) is not { } size
                || !ChangeRecord.TryDecode(rest[..size], seed: 0, out var change))
            {
                throw Refuse("there is no change where one begins", start + place);
            }

            if (change.Header.Id <= _lastChange)
            {
                throw Refuse($"change {change.Header.Id} comes after {_lastChange}", start + place);
            }

            _lastChange = change.Header.Id;
            _changeCount++;
            _changeBytes += size;
            yield return (change, start + place, size);
            place += size;
        }
    }

    /// <summary>Makes sure that nothing is missing.</summary>
    /// <exception cref="SnapshotException">Bytes are missing.</exception>
    internal void RequireEnd()
    {
        var endsWithoutDigest = !_requiresDigest && _stage == Stage.Digest && _collected == 0;
        if (_stage != Stage.Done && !endsWithoutDigest)
        {
            throw Refuse("it ends too early");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    private void Collect(ReadOnlySpan<byte> bytes)
    {
        if (_collected + bytes.Length > _piece.Length)
        {
            Array.Resize(ref _piece, Math.Max(_collected + bytes.Length, _piece.Length * 2));
        }

        bytes.CopyTo(_piece.AsSpan(_collected));
        _collected += bytes.Length;
        Offset += bytes.Length;
        if (_stage != Stage.Digest)
        {
            _digest.AppendData(bytes);
        }
    }

    // Whether the piece that is complete is a block.
    private bool Complete()
    {
        switch (_stage)
        {
            case Stage.Head:
                TakeHead();
                break;
            case Stage.BlockHeader:
                TakeBlockHeader();
                break;
            case Stage.Payload:
                TakeBlock();
                break;
            case Stage.Padding when _piece.AsSpan(0, _collected).ContainsAnyExcept((byte)0):
                throw Refuse("it has something between its last block and its digest");
            case Stage.Padding:
                Begin(Stage.Digest, SnapshotBlock.DigestBytes);
                break;
            case Stage.Digest when _requiresDigest && !_digest.GetHashAndReset().AsSpan().SequenceEqual(Piece):
                throw Refuse("its digest is not that of its bytes");
            case Stage.Digest:
                Begin(Stage.Done, 0);
                break;
        }

        return _isBlockGiven;
    }

    private ReadOnlySpan<byte> Piece => _piece.AsSpan(0, _collected);

    private void Begin(Stage stage, int wanted)
    {
        (_stage, _wanted, _collected) = (stage, wanted, 0);
    }

    private void TakeHead()
    {
        Span<byte> expected = stackalloc byte[SnapshotBlock.HeadBytes];
        _checksum = SnapshotBlock.PutHead(expected);
        if (!SnapshotBlock.HasMagic(Piece))
        {
            throw Refuse(
                "this is no snapshot of a store; the keys of an etcd are copied with 'storectl make-mirror' while it runs", 0);
        }

        var version = BinaryPrimitives.ReadUInt32LittleEndian(Piece[8..]);
        if (!Piece.SequenceEqual(expected))
        {
            throw Refuse(
                $"it has format {version} and this release reads format {SnapshotBlock.FormatVersion}", offset: 8);
        }

        Begin(Stage.BlockHeader, SnapshotBlock.HeaderBytes);
    }

    private void TakeBlockHeader()
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(Piece[4..]);
        _kind = (SnapshotBlockKind)BinaryPrimitives.ReadUInt32LittleEndian(Piece[8..]);
        var isExpected = Manifest is null
            ? _kind == SnapshotBlockKind.Manifest
            : _kind is SnapshotBlockKind.Changes or SnapshotBlockKind.End;
        if (!isExpected || size is 0 or > PayloadBytesMax)
        {
            throw Refuse("no block begins where one should", Offset - _collected);
        }

        (_stage, _wanted) = (Stage.Payload, SnapshotBlock.HeaderBytes + (int)size);
    }

    private void TakeBlock()
    {
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(Piece);
        if (Crc32C.Of(Piece[4..], _checksum) != checksum)
        {
            throw Refuse("a block is not what was sent, or not the next one", Offset - _collected);
        }

        _checksum = checksum;
        _isBlockGiven = true;
        var payload = Piece[SnapshotBlock.HeaderBytes..];
        if (_kind == SnapshotBlockKind.Manifest)
        {
            Manifest = DecodeManifest(payload);
        }
        else if (_kind == SnapshotBlockKind.End
            && (payload.Length != SnapshotBlock.EndBytes
                || BinaryPrimitives.ReadInt64LittleEndian(payload) != _changeCount
                || BinaryPrimitives.ReadInt64LittleEndian(payload[8..]) != _changeBytes
                || Manifest?.ChangeCount != _changeCount
                || Manifest?.ChangeBytes != _changeBytes))
        {
            throw Refuse($"it ends after {_changeCount} changes, and not all were there", Offset - _collected);
        }
    }

    private SnapshotManifest DecodeManifest(ReadOnlySpan<byte> payload)
    {
        try
        {
            return SnapshotManifest.Decode(payload);
        }
        catch (NotSupportedException refusal)
        {
            throw Refuse(refusal.Message, Offset - _collected);
        }
        catch (Exception fault) when (fault is ArgumentException or OverflowException or FormatException)
        {
            throw Refuse("its manifest makes no sense", Offset - _collected);
        }
    }

    private void EndBlock()
    {
        _isBlockGiven = false;
        var padding = SnapshotBlock.PaddingAfter(Offset);
        if (_kind != SnapshotBlockKind.End)
        {
            Begin(Stage.BlockHeader, SnapshotBlock.HeaderBytes);
        }
        else if (padding > 0)
        {
            Begin(Stage.Padding, padding);
        }
        else
        {
            Begin(Stage.Digest, SnapshotBlock.DigestBytes);
        }
    }

    private SnapshotException Refuse(string fault) => Refuse(fault, Offset);

    private SnapshotException Refuse(string fault, long offset) => new(_source, offset, fault);
}
