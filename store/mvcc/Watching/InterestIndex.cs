using System.Diagnostics.CodeAnalysis;

namespace Sync.Mvcc.Watching;

/// <summary>Watches by interest: finds all groups that a key concerns.</summary>
internal sealed class InterestIndex
{
    private readonly Dictionary<Interest, WatchGroup> _groups = [];
    private readonly Dictionary<ReadOnlyMemory<byte>, List<WatchGroup>> _singles = new(ByteEquality.Instance);
    private readonly RangeTree _ranges = new();
    private long _nextNumber;

    /// <summary>Adds a watch to the group of its interest.</summary>
    public void Add(Watcher watcher)
    {
        if (!_groups.TryGetValue(watcher.Interest, out var group))
        {
            group = new WatchGroup(watcher.Interest, _nextNumber++);
            _groups.Add(watcher.Interest, group);
            AddGroup(group);
        }

        watcher.Group = group;
        watcher.Place = group.Members.Count;
        group.Members.Add(watcher);
    }

    /// <summary>Takes a watch out of its group.</summary>
    public void Remove(Watcher watcher)
    {
        Invariant.Require(watcher.Group is not null, "a watch that is removed was added");
        var group = watcher.Group;
        var last = group.Members[^1];
        group.Members[watcher.Place] = last;
        last.Place = watcher.Place;
        group.Members.RemoveAt(group.Members.Count - 1);
        watcher.Group = null;
        if (group.Members.Count == 0)
        {
            _groups.Remove(group.Interest);
            RemoveGroup(group);
        }
    }

    /// <summary>Adds the groups that a key concerns to a list.</summary>
    public void Find(ReadOnlyMemory<byte> key, List<WatchGroup> found)
    {
        if (_singles.TryGetValue(key, out var groups))
        {
            found.AddRange(groups);
        }

        _ranges.Find(key.Span, found);
    }

    private void AddGroup(WatchGroup group)
    {
        if (!group.Interest.Keys.IsSingleKey)
        {
            _ranges.Add(group);
        }
        else if (_singles.TryGetValue(group.Interest.Keys.Start, out var groups))
        {
            groups.Add(group);
        }
        else
        {
            _singles.Add(group.Interest.Keys.Start, [group]);
        }
    }

    private void RemoveGroup(WatchGroup group)
    {
        if (!group.Interest.Keys.IsSingleKey)
        {
            _ranges.Remove(group);
        }
        else
        {
            var groups = _singles[group.Interest.Keys.Start];
            groups.Remove(group);
            if (groups.Count == 0)
            {
                _singles.Remove(group.Interest.Keys.Start);
            }
        }
    }

    private sealed class ByteEquality : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByteEquality Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode([DisallowNull] ReadOnlyMemory<byte> obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
