using Sync.Disk.Checkpoints;
using Sync.Disk.Segments;
using Sync.Disk.Wal;
using Sync.Mvcc;
using Sync.Mvcc.Changes;

namespace Sync.Disk;

/// <summary>Sizes of all that lies in a data directory.</summary>
public sealed record DirectorySettings
{
    /// <summary>The write-ahead log's.</summary>
    public LogSettings Log { get; init; } = new();

    /// <summary>The value segments'.</summary>
    public SegmentSettings Segments { get; init; } = new();
}

/// <summary>
/// The folder <c>sync/</c> of a member's data directory, opened and locked: everything that a member starts from.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    /// <summary>Whose data it holds.</summary>
    public DirectoryIdentity Identity => throw new NotImplementedException();

    /// <summary>Whether it was created just now: the member has never run.</summary>
    public bool IsNew => throw new NotImplementedException();

    /// <summary>The log; the group's part is <c>Log[Identity.Group]</c>.</summary>
    public WriteAheadLog Log => throw new NotImplementedException();

    /// <summary>The changes of the keyspace.</summary>
    public ChangeSegments Segments => throw new NotImplementedException();

    /// <summary>The checkpoints; <see cref="CheckpointFolder.Newest"/> is where the member starts from.</summary>
    public CheckpointFolder Checkpoints => throw new NotImplementedException();

    /// <summary>
    /// Every change of the newest checkpoint in order, for <see cref="Keyspace.Restore"/>. Read lazily, once.
    /// </summary>
    public IEnumerable<(ChangeHeader Header, ChangeLocation Location)> Changes() => throw new NotImplementedException();

    /// <summary>What a recovery had to decide, one sentence each, for the operator's log; mostly empty.</summary>
    public IReadOnlyList<string> Findings => throw new NotImplementedException();

    /// <summary>Whose data a directory holds, without opening it.</summary>
    /// <param name="disk">The data directory, the parent of <c>sync/</c>.</param>
    /// <returns>Null when it holds none of ours yet.</returns>
    /// <exception cref="DataDirectoryException">It is another program's, or its identity cannot be read.</exception>
    public static DirectoryIdentity? FindIdentity(IDisk disk) => throw new NotImplementedException();

    /// <summary>Opens the directory, creating it when it is empty, and locks it until disposed.</summary>
    /// <param name="disk">The data directory, such as <see cref="PosixDisk.Prepare"/> returns.</param>
    /// <param name="identity">Whose data it must hold, or is to hold.</param>
    /// <param name="settings">Sizes; those of the log bind files that are yet to be created.</param>
    /// <exception cref="DataDirectoryException">It is in use, another program's, another member's or too new.</exception>
    /// <exception cref="DamageException">It is damaged: which file, where, and what to do. Nothing was changed.</exception>
    /// <exception cref="DiskFailureException">The disk failed.</exception>
    public static DataDirectory Open(IDisk disk, DirectoryIdentity identity, DirectorySettings settings) =>
        throw new NotImplementedException();

    /// <summary>Closes everything and gives the lock up.</summary>
    public void Dispose() => throw new NotImplementedException();
}
