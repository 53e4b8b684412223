using System.Collections.Immutable;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Mapping;

namespace Sync.Metad.Containers;

/// <summary>A container or pod that runs, as its runtime tells it.</summary>
/// <param name="Id">The runtime's own name for it.</param>
/// <param name="Names">The names that mappings and rules may stand under.</param>
/// <param name="Addresses">Its own addresses; one that shares its machine's network has none.</param>
/// <param name="Label">The text of its <see cref="LabelMapping.Label"/>; null or empty when it has none.</param>
internal sealed record RunningContainer(
    string Id, ImmutableArray<ClientName> Names, ImmutableArray<ClientAddress> Addresses, string? Label);
