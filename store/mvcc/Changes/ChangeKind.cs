namespace Sync.Mvcc.Changes;

/// <summary>What a change did to its key.</summary>
public enum ChangeKind
{
    /// <summary>The key got a value.</summary>
    Put = 0,

    /// <summary>The key went away.</summary>
    Delete = 1,
}
