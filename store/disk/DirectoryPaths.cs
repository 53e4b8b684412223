namespace Sync.Disk;

/// <summary>The names below a data directory.</summary>
internal static class DirectoryPaths
{
    internal const string Home = "sync";
    internal const string Lock = $"{Home}/lock";
    internal const string Identity = $"{Home}/identity";
    internal const string UnfinishedIdentity = $"{Home}/identity.tmp";
    internal const string Log = $"{Home}/wal";
    internal const string Segments = $"{Home}/segments";
    internal const string Checkpoints = $"{Home}/checkpoints";

    /// <summary>The folders below <see cref="Home"/>.</summary>
    internal static readonly string[] Folders = [Log, Segments, Checkpoints];
}
