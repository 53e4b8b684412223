using Sync.Disk.Segments;
using Sync.Posix;

namespace Sync.Disk.Snapshots;

/// <summary>
/// A snapshot that is being received. Its changes go straight into segments of this directory, beside those in use,
/// so that the last step (<see cref="DataDirectory.Install"/>) is short.
/// </summary>
/// <remarks>
/// One thread at a time, any; the member goes on meanwhile. It holds about 2 MiB in memory, or a few times the largest
/// change. What a crash leaves of it is removed at the next start. Any failure of the disk is final, but one: a disk that
/// has no room for a second state refuses the snapshot, and the member goes on with its own.
/// </remarks>
public sealed class SnapshotStaging : IDisposable
{
    private readonly string _source;
    private readonly FailStop _failStop;
    private readonly Func<SnapshotManifest, string?> _faultOf;
    private readonly ReceivedSegments _segments;
    private readonly SnapshotDecoder _decoder;
    private Stage _stage;
    private bool _isJudged;

    internal SnapshotStaging(
        string source,
        bool requiresDigest,
        Func<SnapshotManifest, string?> faultOf,
        ReceivedSegments segments,
        FailStop failStop)
    {
        _source = source;
        _failStop = failStop;
        _faultOf = faultOf;
        _segments = segments;
        _decoder = new SnapshotDecoder(source, requiresDigest);
    }

    private enum Stage
    {
        Receiving,
        Refused,
        Complete,
        Kept,
        Disposed,
    }

    /// <summary>What the snapshot says of itself; null until that part has arrived.</summary>
    public SnapshotManifest? Manifest => _decoder.Manifest;

    /// <summary>How many bytes were accepted: where the next ones must stand in the snapshot.</summary>
    public long Offset => _decoder.Offset;

    /// <summary>Whether all of it is here, checked and durable.</summary>
    public bool IsComplete => _stage == Stage.Complete;

    /// <summary>Takes the next bytes in.</summary>
    /// <param name="offset">Where they stand in the snapshot: <see cref="Offset"/>.</param>
    /// <param name="bytes">Any number of them.</param>
    /// <exception cref="SnapshotException">
    /// They are not the next bytes, not what was sent, or of another cluster, or there is no room for them. The staging is of
    /// no use any more.
    /// </exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Accept(long offset, ReadOnlySpan<byte> bytes)
    {
        RequireReceiving();
        if (offset != Offset)
        {
            throw Refuse(Offset, $"bytes from {offset} on came where those from {Offset} on were due");
        }

        try
        {
            while (_decoder.Take(ref bytes))
            {
                TakeBlock();
            }
        }
        catch (SnapshotException)
        {
            _stage = Stage.Refused;
            throw;
        }
        catch (PosixException cause)
        {
            throw Judge(cause);
        }
    }

    /// <summary>Says that no more bytes come: checks that none is missing, and makes what came durable.</summary>
    /// <exception cref="SnapshotException">Bytes are missing, or there is no room for the last ones.</exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Complete()
    {
        RequireReceiving();
        try
        {
            _decoder.RequireEnd();
            _segments.Finish();
            _stage = Stage.Complete;
        }
        catch (SnapshotException)
        {
            _stage = Stage.Refused;
            throw;
        }
        catch (PosixException cause)
        {
            throw Judge(cause);
        }
    }

    /// <summary>Removes what was received, unless it was installed.</summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Dispose()
    {
        var stage = _stage;
        _stage = Stage.Disposed;
        _decoder.Dispose();
        if (stage is Stage.Kept or Stage.Disposed || _failStop.IsDown)
        {
            return;
        }

        try
        {
            _segments.Discard();
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>Gives the segments their lasting names, durably.</summary>
    /// <returns>The manifest, and the segments in order of revision.</returns>
    internal (SnapshotManifest Manifest, IReadOnlyList<SegmentExtent> Segments) Keep()
    {
        Invariant.Require(_stage == Stage.Complete && Manifest is not null, "what is installed has come completely");
        _stage = Stage.Kept;
        _segments.Keep();
        return (Manifest, _segments.Extents);
    }

    private void TakeBlock()
    {
        if (!_isJudged && Manifest is { } manifest)
        {
            _isJudged = true;
            if (_faultOf(manifest) is { } fault)
            {
                throw Refuse(SnapshotBlock.HeadBytes, fault);
            }
        }

        foreach (var (change, _, _) in _decoder.Changes())
        {
            _segments.Append(change);
        }
    }

    private void RequireReceiving()
    {
        _failStop.Require();
        ObjectDisposedException.ThrowIf(_stage == Stage.Disposed, this);
        Invariant.Require(_stage is Stage.Receiving or Stage.Refused, "nothing comes after the end of a snapshot");
        if (_stage == Stage.Refused)
        {
            throw Refuse(Offset, "an earlier part of it was refused");
        }
    }

    // What was received is removed then. A sync that fails stays final, whatever it says.
    private Exception Judge(PosixException cause) =>
        (cause.Error == Errno.NoSpace || cause.Error == Errno.QuotaExceeded)
        && !cause.Operation.EndsWith("sync", StringComparison.Ordinal)
            ? Refuse(Offset, $"there is no room for it beside the present data: {cause.Message}")
            : _failStop.Fail(cause);

    private SnapshotException Refuse(long offset, string fault)
    {
        _stage = Stage.Refused;
        return new SnapshotException(_source, offset, fault);
    }
}
