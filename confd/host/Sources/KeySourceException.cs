namespace Sync.Confd.Sources;

/// <summary>A source of keys that cannot be read now.</summary>
/// <param name="source">The backend and where it is.</param>
/// <param name="reason">What went wrong, with the remedy where there is one.</param>
/// <param name="cause">The error below; null when there is none.</param>
internal sealed class KeySourceException(string source, string reason, Exception? cause)
    : Exception($"{source}: {reason}", cause)
{
    /// <summary>The backend and where it is.</summary>
    public string SourceName { get; } = source;
}
