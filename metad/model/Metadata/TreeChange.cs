using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Metadata;

/// <summary>One value set or removed.</summary>
/// <param name="Path">Where; a change of the root is ignored, it cannot have a value.</param>
/// <param name="Value">The new value, owned by the tree from now on; null removes the value, and nothing below it.</param>
public readonly record struct TreeChange(MetadataPath Path, byte[]? Value);
