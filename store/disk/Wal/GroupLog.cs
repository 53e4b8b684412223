using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Disk.Wal;

/// <summary>One group's part of the <see cref="WriteAheadLog"/>: what the group appends and reads back.</summary>
/// <remarks>
/// Owned by the thread that runs the group's consensus core. Each appending call returns a ticket; what it appended
/// is durable once <see cref="WriteAheadLog.Sync"/> has returned that ticket or a later one.
/// </remarks>
public sealed class GroupLog : ILogReader
{
    /// <summary>Whose log it is.</summary>
    public GroupId Group => throw new NotImplementedException();

    /// <summary>The last hard state appended or found at the start.</summary>
    public HardState HardState => throw new NotImplementedException();

    /// <inheritdoc/>
    public LogIndex FirstIndex => throw new NotImplementedException();

    /// <inheritdoc/>
    public LogIndex LastIndex => throw new NotImplementedException();

    /// <summary>Appends what a <see cref="Ready"/> has to write. No I/O: it goes into the batch being filled.</summary>
    /// <param name="entries">
    /// Entries without a gap. The first one replaces what the log holds at its position and after it.
    /// </param>
    /// <param name="hardState">The hard state to write after them; null when it is as last written.</param>
    /// <returns>The ticket.</returns>
    public long Append(ReadOnlySpan<Entry> entries, HardState? hardState) => throw new NotImplementedException();

    /// <summary>Drops the entries up to a position from the front. Whole segments below it are used again.</summary>
    /// <param name="index">Applied, in a durable checkpoint, and not past <see cref="LastIndex"/>.</param>
    /// <returns>The ticket.</returns>
    public long DropThrough(LogIndex index) => throw new NotImplementedException();

    /// <summary>Drops all entries: the log goes on after a snapshot that the leader sent.</summary>
    /// <param name="index">The last entry that the snapshot holds.</param>
    /// <param name="term">Its term.</param>
    /// <returns>The ticket.</returns>
    public long Reset(LogIndex index, Term term) => throw new NotImplementedException();

    /// <inheritdoc/>
    public Term? TermAt(LogIndex index) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ReadOnlyMemory<Entry> Read(LogIndex start, LogIndex until, long bytesMax) =>
        throw new NotImplementedException();
}
