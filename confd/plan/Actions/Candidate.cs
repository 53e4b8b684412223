using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Plan.Actions;

/// <summary>All that is known of one resource when it is planned.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Rendering">What its template made of the keys.</param>
/// <param name="Seen">What stands at the destination.</param>
/// <param name="Owner">Who the destination has to belong to.</param>
/// <param name="Reload">Whether a reload is due apart from a change of the file.</param>
public sealed record Candidate(
    Resource Resource, RenderedFile Rendering, DestinationSeen Seen, FileOwner Owner, ReloadDue Reload);

/// <summary>Whether a resource's reload has to run even when its file is in sync.</summary>
public enum ReloadDue
{
    /// <summary>Only when the file is replaced.</summary>
    OnChange,

    /// <summary>In any case: the last one failed or was put off, or the operator asked for it.</summary>
    Always,

    /// <summary>Not now even when the file is replaced: the least time between two reloads has not passed.</summary>
    Later,
}
