namespace Sync.Simulation;

/// <summary>
/// A directory's entries twice: as running programs see them, and as they are on the device, with the steps that
/// lead from one to the other.
/// </summary>
internal sealed class SimulatedFolder
{
    private readonly List<Step> _pending = [];
    private readonly SortedDictionary<string, SimulatedInode> _durable = new(StringComparer.Ordinal);

    /// <summary>The entries as programs see them.</summary>
    internal SortedDictionary<string, SimulatedInode> Entries { get; } = new(StringComparer.Ordinal);

    internal void Add(string name, SimulatedInode inode) => Do(new Step(Removed: null, name, inode));

    internal void Remove(string name) => Do(new Step(name, Added: null, Inode: null));

    internal void Rename(string source, string target) => Do(new Step(source, target, Entries[source]));

    /// <summary>Makes all entries durable.</summary>
    internal void PersistAll()
    {
        foreach (var step in _pending)
        {
            step.ApplyTo(_durable);
        }

        _pending.Clear();
    }

    /// <summary>Makes some of the steps durable, each one by the toss of a coin.</summary>
    internal void PersistSome(Random random)
    {
        foreach (var step in _pending.Where(_ => random.Next(2) == 0))
        {
            step.ApplyTo(_durable);
        }

        _pending.Clear();
    }

    /// <summary>Forgets all that is not durable.</summary>
    internal void Forget()
    {
        _pending.Clear();
        Entries.Clear();
        foreach (var (name, inode) in _durable)
        {
            Entries.Add(name, inode);
        }
    }

    private void Do(Step step)
    {
        step.ApplyTo(Entries);
        _pending.Add(step);
    }

    /// <summary>One change of the entries: a name goes, a name comes, or both at once.</summary>
    private sealed record Step(string? Removed, string? Added, SimulatedInode? Inode)
    {
        internal void ApplyTo(SortedDictionary<string, SimulatedInode> entries)
        {
            if (Removed is not null)
            {
                entries.Remove(Removed);
            }

            if (Added is not null && Inode is not null)
            {
                entries[Added] = Inode;
            }
        }
    }
}
