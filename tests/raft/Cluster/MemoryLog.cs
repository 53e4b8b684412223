using Sync.Raft.Log;

namespace Sync.Raft.Tests.Cluster;

/// <summary>A durable log in memory; it knows of a write only when that is durable.</summary>
internal sealed class MemoryLog : ILogReader
{
    private readonly List<Entry> _entries = [];
    private Term _droppedTerm;

    public LogIndex FirstIndex { get; private set; } = new(1);

    public LogIndex LastIndex => FirstIndex.Previous + _entries.Count;

    public IReadOnlyList<Entry> Entries => _entries;

    public Term? TermAt(LogIndex index)
    {
        if (index.Next == FirstIndex)
        {
            return _droppedTerm;
        }

        return index < FirstIndex || index > LastIndex ? null : _entries[index - FirstIndex].Term;
    }

    public ReadOnlyMemory<Entry> Read(LogIndex start, LogIndex until, long bytesMax)
    {
        Expect.That(start >= FirstIndex && start < until && until <= LastIndex.Next, () =>
            $"the core asks for what is durable: [{start}, {until}) of [{FirstIndex}, {LastIndex}]");
        var bytes = 0L;
        return _entries.GetRange(start - FirstIndex, until - start)
            .TakeWhile((entry, position) => (bytes += entry.Payload.Length) <= bytesMax || position == 0)
            .ToArray();
    }

    /// <summary>Makes entries durable; the first replaces what stands at its position and after it.</summary>
    public void Write(ReadOnlySpan<Entry> entries)
    {
        foreach (var entry in entries)
        {
            Expect.That(entry.Index >= FirstIndex && entry.Index <= LastIndex.Next, () => "a log has no gap");
            _entries.RemoveRange(entry.Index - FirstIndex, LastIndex.Next - entry.Index);
            _entries.Add(entry);
        }
    }

    /// <summary>Drops the entries before a position from the front.</summary>
    public void DropBefore(LogIndex index)
    {
        if (index > FirstIndex)
        {
            _droppedTerm = TermAt(index.Previous)!.Value;
            _entries.RemoveRange(0, index - FirstIndex);
            FirstIndex = index;
        }
    }

    /// <summary>Drops everything and goes on after a snapshot.</summary>
    public void RestartAfter(LogIndex index, Term term)
    {
        _entries.Clear();
        _droppedTerm = term;
        FirstIndex = index.Next;
    }
}
