using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Plan.Scheduling;

/// <summary>A resource whose time has come.</summary>
/// <param name="Resource">The resource.</param>
/// <param name="Reload">Whether its reload is due apart from a change of the file.</param>
public sealed record Turn(Resource Resource, ReloadDue Reload);
