namespace Sync.Raft.Log;

/// <summary>
/// Where entries of kind <see cref="EntryKind.Configuration"/> stand that are in the log and not applied yet.
/// </summary>
/// <remarks>
/// A leader appends such an entry only when it has applied all that its log holds. So of several, all but the last
/// are committed: this is known from the entries alone, also after a crash that forgot a commit index. It matters,
/// for a member must not stand for election with a configuration that is two or more changes old: its voters and
/// today's may have no majority in common.
/// </remarks>
internal sealed class ConfigurationMarks
{
    private readonly List<LogIndex> _marks = [];

    /// <summary>Whether there is one.</summary>
    public bool Any => _marks.Count > 0;

    /// <summary>The first one; there must be one.</summary>
    public LogIndex First => _marks[0];

    /// <summary>Takes note of an entry at the end of the log.</summary>
    /// <returns>The entry that is known to be committed for it; <see cref="LogIndex.None"/> when none is.</returns>
    public LogIndex Add(LogIndex index)
    {
        var previous = _marks.Count > 0 ? _marks[^1] : LogIndex.None;
        _marks.Add(index);
        return previous;
    }

    /// <summary>Takes note that the entries from a position on were replaced.</summary>
    public void CutFrom(LogIndex index) => _marks.RemoveAll(mark => mark >= index);

    /// <summary>Takes note that an entry is applied, which is the first.</summary>
    public void RemoveFirst() => _marks.RemoveAt(0);

    /// <summary>Forgets all: a snapshot takes their place.</summary>
    public void Clear() => _marks.Clear();
}
