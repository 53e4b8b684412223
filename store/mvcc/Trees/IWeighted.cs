namespace Sync.Mvcc.Trees;

/// <summary>A value of a <see cref="KeyTree{T}"/>, which counts by weight.</summary>
internal interface IWeighted
{
    /// <summary>How much the value adds to the count of its subtree: 0 or 1.</summary>
    int Weight { get; }
}
