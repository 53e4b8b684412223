using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Member.Tests;

/// <summary>A log in memory that holds what was synced, and nothing else.</summary>
internal sealed class DurableLog : ILogReader
{
    private readonly List<Entry> _entries = [];
    private Term _droppedTerm;

    public HardState HardState { get; private set; } = HardState.Initial;

    public LogIndex FirstIndex { get; private set; } = new(1);

    public LogIndex LastIndex => FirstIndex.Previous + _entries.Count;

    public Term? TermAt(LogIndex index) =>
        index.Next == FirstIndex ? _droppedTerm
            : index < FirstIndex || index > LastIndex ? null
            : _entries[index - FirstIndex].Term;

    public ReadOnlyMemory<Entry> Read(LogIndex start, LogIndex until, long bytesMax) =>
        _entries.GetRange(start - FirstIndex, until - start).ToArray();

    public void Sync(Ready ready)
    {
        foreach (var entry in ready.Entries.Span)
        {
            _entries.RemoveRange(entry.Index - FirstIndex, LastIndex.Next - entry.Index);
            _entries.Add(entry);
        }

        HardState = ready.HardState ?? HardState;
    }

    public void DropThrough(LogIndex index)
    {
        _droppedTerm = TermAt(index)!.Value;
        _entries.RemoveRange(0, index.Next - FirstIndex);
        FirstIndex = index.Next;
    }
}
