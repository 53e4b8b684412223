using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Backends;

/// <summary>What a key of the backend means here.</summary>
public abstract record KeyPlace
{
    private KeyPlace()
    {
    }

    /// <summary>A value of the data.</summary>
    /// <param name="Path">Where; slashes that were doubled or at the end have fallen away.</param>
    /// <param name="IsCanonical">States that the key is the one that this path is written to.</param>
    public sealed record DataValue(MetadataPath Path, bool IsCanonical) : KeyPlace;

    /// <summary>A name of a mapping.</summary>
    /// <param name="Path"><c>/entry/name…</c></param>
    /// <param name="IsCanonical">States that the key is the one that this path is written to.</param>
    public sealed record MappingName(MetadataPath Path, bool IsCanonical) : KeyPlace;

    /// <summary>The rules of a host.</summary>
    /// <param name="Host">The host as it is spelled.</param>
    public sealed record HostRuleList(string Host) : KeyPlace;

    /// <summary>Nothing: another group's key, the root itself, or a path of too many levels.</summary>
    public sealed record Outside : KeyPlace
    {
        /// <summary>The only one.</summary>
        public static Outside Instance { get; } = new();
    }
}
