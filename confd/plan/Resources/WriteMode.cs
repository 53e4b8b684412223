namespace Sync.Confd.Plan.Resources;

/// <summary>How a destination takes its new content.</summary>
public enum WriteMode
{
    /// <summary>Renames the staged file over it; writes in place only when the destination is a mount point.</summary>
    Auto,

    /// <summary>Renames, and fails where a rename is impossible.</summary>
    Rename,

    /// <summary>Writes into the existing file, which keeps its inode.</summary>
    InPlace,
}
