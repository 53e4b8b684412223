namespace Sync.Confd.Plan.Keys;

/// <summary>What the program's key prefix does to a resource's own.</summary>
public enum PrefixMode
{
    /// <summary>Takes its place, as in confd.</summary>
    Replace,

    /// <summary>Stands in front of it.</summary>
    Join,
}
