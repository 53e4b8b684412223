using Sync.Disk.Segments;
using Sync.Mvcc;

namespace Sync.Disk.Snapshots;

/// <summary>
/// The group's state at one applied entry, held fast while the member goes on: to be sent to slow followers, or saved.
/// </summary>
/// <remarks>
/// It costs no copy: the view keeps its changes readable, wherever rewrites move what lives, until it is disposed. Any
/// thread may open it, any number of times.
/// </remarks>
public sealed class SnapshotCapture : IDisposable
{
    private readonly ChangeSegments _segments;
    private readonly Lazy<long> _lengthBytes;
    private KeyspaceView? _view;

    internal SnapshotCapture(SnapshotManifest manifest, KeyspaceView view, ChangeSegments segments)
    {
        Manifest = manifest;
        _view = view;
        _segments = segments;
        _lengthBytes = new Lazy<long>(MeasureLength);
    }

    /// <summary>What was captured.</summary>
    public SnapshotManifest Manifest { get; }

    /// <summary>The size of the snapshot's bytes, digest included. The first call looks at every change's size.</summary>
    public long LengthBytes => _lengthBytes.Value;

    /// <summary>Begins to read the snapshot's bytes. The reader may outlive the capture.</summary>
    /// <exception cref="ObjectDisposedException">The capture is disposed.</exception>
    public SnapshotReader Open() => new(Manifest, View.Changes(), _segments, LengthBytes);

    /// <summary>Lets go of what it held.</summary>
    public void Dispose() => Volatile.Write(ref _view, null);

    private KeyspaceView View
    {
        get
        {
            var view = Volatile.Read(ref _view);
            ObjectDisposedException.ThrowIf(view is null, this);
            return view;
        }
    }

    private long MeasureLength()
    {
        var length = (long)SnapshotBlock.HeadBytes + SnapshotBlock.HeaderBytes + Manifest.Encode().Length;
        var payload = 0L;
        foreach (var (_, location) in View.Changes())
        {
            if (payload > 0 && payload + location.Length > SnapshotBlock.UsualPayloadBytes)
            {
                length += SnapshotBlock.HeaderBytes + payload;
                payload = 0;
            }

            payload += location.Length;
        }

        length += payload > 0 ? SnapshotBlock.HeaderBytes + payload : 0;
        length += SnapshotBlock.HeaderBytes + SnapshotBlock.EndBytes;
        return length + SnapshotBlock.PaddingAfter(length) + SnapshotBlock.DigestBytes;
    }
}
