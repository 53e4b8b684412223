using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Plan.Actions;

/// <summary>
/// One step that brings destinations to what the keys say. The steps of a resource are done in order, and
/// the first that fails ends them; other resources go on.
/// </summary>
public abstract record PlanAction
{
    private PlanAction()
    {
    }

    /// <summary>Says that a resource cannot be brought about, and leaves its destination alone.</summary>
    /// <param name="Resource">The resource.</param>
    /// <param name="Reason">One sentence.</param>
    public sealed record Refuse(Resource Resource, string Reason) : PlanAction;

    /// <summary>Says that a destination is as it should be.</summary>
    /// <param name="Resource">The resource.</param>
    public sealed record KeepInSync(Resource Resource) : PlanAction;

    /// <summary>Says how a destination differs; the steps that follow make it equal.</summary>
    /// <param name="Resource">The resource.</param>
    /// <param name="Differences">At least one.</param>
    public sealed record Announce(Resource Resource, IReadOnlyList<Difference> Differences) : PlanAction;

    /// <summary>Writes the new content beside the destination with its final owner and mode.</summary>
    /// <param name="Resource">The resource.</param>
    /// <param name="Content">The whole content.</param>
    /// <param name="Mode">Permission bits, at most 0777.</param>
    /// <param name="Owner">Who it belongs to from the first byte.</param>
    public sealed record Stage(Resource Resource, ReadOnlyMemory<byte> Content, int Mode, FileOwner Owner)
        : PlanAction
    {
        /// <summary>Whether the content may not be shown: the resource says so, or its template read a secret.</summary>
        public bool IsSensitive { get; init; }
    }

    /// <summary>Runs the check on the staged file; AFTER staging and BEFORE replacing.</summary>
    /// <param name="Resource">The resource.</param>
    /// <param name="Command">Its check.</param>
    public sealed record Check(Resource Resource, Command Command) : PlanAction;

    /// <summary>Puts the staged file in the destination's place in one step.</summary>
    /// <param name="Resource">The resource.</param>
    public sealed record Replace(Resource Resource) : PlanAction;

    /// <summary>
    /// Runs a reload once for all its resources; AFTER all of them were replaced, and only when one of them
    /// was, or is owed it.
    /// </summary>
    /// <param name="Command">The reload.</param>
    /// <param name="Resources">The resources that share it, the first of which gives limit and paths.</param>
    /// <param name="Owed">Those of them for which it is due in any case.</param>
    public sealed record Reload(Command Command, IReadOnlyList<Resource> Resources, IReadOnlyList<Resource> Owed)
        : PlanAction;
}
