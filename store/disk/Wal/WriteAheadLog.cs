using Sync.Raft;

namespace Sync.Disk.Wal;

/// <summary>
/// The machine's log: all groups append to it, one write and one sync make everything durable that was appended
/// meanwhile.
/// </summary>
/// <remarks>
/// Threads: groups append on their own thread. One thread at a time calls <see cref="Write"/>, <see cref="Sync"/> and
/// <see cref="Mark"/>, in this order, over and over. One thread at a time, another if wished, calls
/// <see cref="Maintain"/>. Any failure of the disk is final: <see cref="DiskFailureException"/>, now and ever after.
/// </remarks>
public sealed class WriteAheadLog : IDisposable
{
    /// <summary>The log of a group that was named when the log was opened.</summary>
    public GroupLog this[GroupId group] => throw new NotImplementedException();

    /// <summary>Whether <see cref="Maintain"/> has something to do.</summary>
    public bool NeedsMaintenance => throw new NotImplementedException();

    /// <summary>Bytes handed to the disk since the start.</summary>
    public long WrittenBytes => throw new NotImplementedException();

    /// <summary>
    /// Writes the batch that was filled since the last call; groups fill the next one meanwhile. One write, but at
    /// the end of a segment two, with a sync between.
    /// </summary>
    /// <returns>False when there was nothing to write; then <see cref="Sync"/> is not needed.</returns>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool Write() => throw new NotImplementedException();

    /// <summary>Makes the batch durable that was just written.</summary>
    /// <returns>The last ticket that is durable now.</returns>
    /// <exception cref="DiskFailureException">The process must stop; nothing of the batch may be acknowledged.</exception>
    public long Sync() => throw new NotImplementedException();

    /// <summary>
    /// Notes in the log, without a sync, that all before was durable, so that a later start can tell damage from an
    /// unfinished write. Cheap; called when there is nothing to write for a moment.
    /// </summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Mark() => throw new NotImplementedException();

    /// <summary>Prepares the next segment and takes back segments that no group needs.</summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Maintain() => throw new NotImplementedException();

    /// <summary>Marks the end durably, unless the log has failed, and closes the files.</summary>
    public void Dispose() => throw new NotImplementedException();
}
