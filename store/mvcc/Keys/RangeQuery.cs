namespace Sync.Mvcc.Keys;

/// <summary>The direction in which a range is sorted.</summary>
public enum SortOrder
{
    /// <summary>By key; with another target, ascending by that target.</summary>
    None = 0,

    /// <summary>Smallest first.</summary>
    Ascending = 1,

    /// <summary>Largest first.</summary>
    Descending = 2,
}

/// <summary>What a range is sorted by. Equal ones are ordered by key.</summary>
public enum SortTarget
{
    /// <summary>The key's bytes.</summary>
    Key = 0,

    /// <summary>The version.</summary>
    Version = 1,

    /// <summary>The create revision.</summary>
    Create = 2,

    /// <summary>The modification revision.</summary>
    Mod = 3,

    /// <summary>The value's bytes.</summary>
    Value = 4,
}

/// <summary>A read of an interval of keys at one revision.</summary>
/// <param name="Keys">The interval.</param>
/// Source: etcd, api/etcdserverpb/rpc.proto, RangeRequest.
public sealed record RangeQuery(KeyRange Keys)
{
    /// <summary>The most pairs to return; zero and below mean all.</summary>
    public long Limit { get; init; }

    /// <summary>The revision to read at; zero and below mean the current one.</summary>
    public Revision Revision { get; init; }

    /// <summary>The direction of the sort.</summary>
    public SortOrder Order { get; init; }

    /// <summary>What is sorted by.</summary>
    public SortTarget Target { get; init; }

    /// <summary>Whether values are left out.</summary>
    public bool KeysOnly { get; init; }

    /// <summary>Whether only the count is wanted; all but the interval and the revision is then ignored.</summary>
    public bool CountOnly { get; init; }

    /// <summary>Leaves out pairs modified before it; none for no bound.</summary>
    public Revision MinModRevision { get; init; }

    /// <summary>Leaves out pairs modified after it; none for no bound.</summary>
    public Revision MaxModRevision { get; init; }

    /// <summary>Leaves out pairs created before it; none for no bound.</summary>
    public Revision MinCreateRevision { get; init; }

    /// <summary>Leaves out pairs created after it; none for no bound.</summary>
    public Revision MaxCreateRevision { get; init; }

    /// <summary>Whether order and target are numbers that have a meaning.</summary>
    internal bool HasKnownSort =>
        Order is >= SortOrder.None and <= SortOrder.Descending
        && Target is >= SortTarget.Key and <= SortTarget.Value;
}
