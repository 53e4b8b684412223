using Sync.Raft.Log;

namespace Sync.Raft;

/// <summary>
/// The durable log of one group, as the consensus core reads it. The core asks only for entries that were
/// there when it was created or that <see cref="Consensus.Persisted"/> has reported since; younger ones it
/// holds itself.
/// </summary>
/// <remarks>
/// Called from the core's thread alone, also while a write is under way. The log may drop entries from its
/// front between two calls into the core, up to the applied index and not beyond it.
/// </remarks>
public interface ILogReader
{
    /// <summary>The first entry that can still be read; one past the last when the log holds none.</summary>
    LogIndex FirstIndex { get; }

    /// <summary>The last durable entry; <c>FirstIndex - 1</c> when the log holds none.</summary>
    LogIndex LastIndex { get; }

    /// <summary>The term of the entry at a position.</summary>
    /// <param name="index">
    /// A position in <c>[FirstIndex - 1, LastIndex]</c>: the term of the last dropped entry is still known.
    /// It is <see cref="Term.None"/> at index 0.
    /// </param>
    /// <returns>The term, or null when the position lies outside that range.</returns>
    Term? TermAt(LogIndex index);

    /// <summary>The entries <c>[start, until)</c>, cut after the last one that fits.</summary>
    /// <param name="start">At least <see cref="FirstIndex"/>, below <paramref name="until"/>.</param>
    /// <param name="until">At most one past <see cref="LastIndex"/>.</param>
    /// <param name="bytesMax">
    /// A limit on the sum of the payloads, in bytes; the first entry is returned in any case.
    /// </param>
    /// <returns>
    /// At least one entry; positions follow each other without a gap. The caller does not change them.
    /// </returns>
    ReadOnlyMemory<Entry> Read(LogIndex start, LogIndex until, long bytesMax);
}
