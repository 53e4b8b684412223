using Sync.Mvcc;
using Sync.Mvcc.Changes;

namespace Sync.Disk.Segments;

/// <summary>Tells the keyspace that a change lies elsewhere, as <see cref="Keyspace.Relocate"/> does.</summary>
/// <returns>False when the keyspace knows the change no more.</returns>
public delegate bool Relocation(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location);

/// <summary>The changes of one keyspace in append-only, checksummed segments.</summary>
/// <remarks>
/// <see cref="Read"/> is for any thread; everything else is for the writer thread of the keyspace, but where a
/// member says otherwise. Any failure of the disk is final: <see cref="DiskFailureException"/>.
/// </remarks>
public sealed class ChangeSegments : IChangeStore, IDisposable
{
    /// <summary>The size of all segments' changes in bytes, dead ones included.</summary>
    public long TotalBytes => throw new NotImplementedException();

    /// <summary>How much of <see cref="TotalBytes"/> is released.</summary>
    public long DeadBytes => throw new NotImplementedException();

    /// <summary>Whether <see cref="WriteSidecars"/> has something to do.</summary>
    public bool NeedsSidecars => throw new NotImplementedException();

    /// <inheritdoc/>
    public ChangeLocation Append(in StoredChange change) => throw new NotImplementedException();

    /// <inheritdoc/>
    /// <exception cref="DamageException">The bytes are not what was written; the member must stop.</exception>
    public StoredChange Read(ChangeLocation location) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Release(ChangeLocation location) => throw new NotImplementedException();

    /// <summary>Hands what was appended to the operating system, in big pieces and without a sync.</summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void WriteOut() => throw new NotImplementedException();

    /// <summary>
    /// Notes that a view was published. A file that was rewritten stays readable until every view published before
    /// is gone (collected); so each view must be told, right after <see cref="Keyspace.Publish"/>.
    /// </summary>
    public void Published(object view) => throw new NotImplementedException();

    /// <summary>Goes on copying what lives out of mostly dead segments.</summary>
    /// <param name="bytesMax">About how many bytes to look at in this step.</param>
    /// <param name="relocate">Tells the keyspace; the caller publishes a view some time later.</param>
    /// <returns>Whether there is more to do now.</returns>
    /// <exception cref="DamageException">A segment is damaged; the member must stop.</exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool RewriteStep(int bytesMax, Relocation relocate) => throw new NotImplementedException();

    /// <summary>
    /// Writes out everything and says which segments, up to which lengths, hold the changes appended so far: for the
    /// next checkpoint, taken together with <see cref="Keyspace.Image"/>.
    /// </summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public SegmentsCapture Capture() => throw new NotImplementedException();

    /// <summary>
    /// Writes the index of segments that were sealed since, so that the next start need not read their values. For
    /// one background thread at a time.
    /// </summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void WriteSidecars() => throw new NotImplementedException();

    /// <summary>Closes the files. What was not written out is lost, as in a crash.</summary>
    public void Dispose() => throw new NotImplementedException();
}
