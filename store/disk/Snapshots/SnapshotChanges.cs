using Sync.Disk.Segments;
using Sync.Mvcc.Changes;

namespace Sync.Disk.Snapshots;

/// <summary>The changes of a saved snapshot, read where they lie. One thread; for reading alone.</summary>
/// <remarks>A location's segment counts steps of 4 GiB, its offset the bytes in one.</remarks>
internal sealed class SnapshotChanges(string source, Stream snapshot) : IChangeStore
{
    /// <summary>The location of a change that lies at an offset of the snapshot.</summary>
    internal static ChangeLocation LocationOf(long offset, int length) =>
        new((int)(offset >> 32), (uint)offset, length);

    /// <inheritdoc/>
    /// <exception cref="SnapshotException">The bytes are not what they were a moment ago.</exception>
    public StoredChange Read(ChangeLocation location)
    {
        var offset = ((long)location.Segment << 32) | location.Offset;
        var record = new byte[location.Length];
        snapshot.Position = offset;
        return snapshot.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length
            && ChangeRecord.TryDecode(record, seed: 0, out var change)
            ? change
            : throw new SnapshotException(source, offset, "it changed while it was read");
    }

    /// <summary>Never called: nothing is applied to a saved snapshot.</summary>
    public ChangeLocation Append(in StoredChange change) => throw Invariant.Broken("a saved snapshot never changes");

    /// <summary>Nothing to do: nothing is taken back from a saved snapshot.</summary>
    public void Release(ChangeLocation location)
    {
    }
}
