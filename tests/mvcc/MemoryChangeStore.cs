using Sync.Mvcc.Changes;

namespace Sync.Mvcc.Tests;

/// <summary>Keeps changes in memory, as a disk would: by location, until they are released.</summary>
public sealed class MemoryChangeStore : IChangeStore
{
    private readonly SortedDictionary<ChangeId, (StoredChange Change, ChangeLocation Location)> _held = [];
    private readonly Dictionary<ChangeLocation, StoredChange> _byLocation = [];
    private uint _next;

    /// <summary>How many reads there were.</summary>
    public int Reads { get; private set; }

    /// <summary>Every change that is held, in order, as a start would read them.</summary>
    public IReadOnlyList<(ChangeHeader Header, ChangeLocation Location)> Changes =>
        [.. _held.Values.Select(held => (held.Change.Header, held.Location))];

    /// <summary>A store of its own with the changes that are held now.</summary>
    public MemoryChangeStore Copy()
    {
        var copy = new MemoryChangeStore { _next = _next };
        foreach (var (id, held) in _held)
        {
            copy._held.Add(id, held);
            copy._byLocation.Add(held.Location, held.Change);
        }

        return copy;
    }

    /// <inheritdoc/>
    public ChangeLocation Append(in StoredChange change)
    {
        var owned = change with
        {
            Header = change.Header with { Key = change.Header.Key.ToArray() },
            Value = change.Value.ToArray(),
        };

        return Place(owned);
    }

    /// <inheritdoc/>
    public StoredChange Read(ChangeLocation location)
    {
        lock (_byLocation)
        {
            Reads++;
            return _byLocation[location];
        }
    }

    /// <inheritdoc/>
    public void Release(ChangeLocation location)
    {
        // A location stays readable for older views; a start no longer finds the change.
        if (!_held.Remove(_byLocation[location].Header.Id))
        {
            throw new InvalidOperationException($"{location} is released twice");
        }
    }

    /// <summary>Moves a held change, as the rewriting of a segment does.</summary>
    /// <returns>Its new place.</returns>
    public ChangeLocation Move(ChangeId id) => Place(_held[id].Change);

    private ChangeLocation Place(StoredChange change)
    {
        var size = change.Header.Key.Length + change.Value.Length;
        var location = new ChangeLocation(Segment: 1, Offset: _next++, Length: size);
        lock (_byLocation)
        {
            _byLocation.Add(location, change);
        }

        _held[change.Header.Id] = (change, location);
        return location;
    }
}
