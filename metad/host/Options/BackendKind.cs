namespace Sync.Metad.Options;

/// <summary>Where keys come from.</summary>
internal enum BackendKind
{
    /// <summary>This process's memory; lost when it ends.</summary>
    Local,

    /// <summary>A file, followed as it changes.</summary>
    File,

    /// <summary>A store that speaks etcd's API, version 3.</summary>
    Etcd,
}
