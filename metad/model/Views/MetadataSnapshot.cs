using Sync.Metad.Model.Access;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Model.Views;

/// <summary>
/// Data, mappings and rules of one revision of the backend. Immutable: a request takes one snapshot and answers from
/// nothing else, so an answer never mixes two revisions.
/// </summary>
/// <param name="Revision">The backend's revision, equal on every replica; also the version that clients see.</param>
/// <param name="Tree">The data.</param>
/// <param name="Mapping">The mappings.</param>
/// <param name="Rules">The access rules.</param>
public sealed record MetadataSnapshot(long Revision, MetadataTree Tree, MappingTable Mapping, RuleTable Rules)
{
    /// <summary>A snapshot without keys.</summary>
    public static MetadataSnapshot CreateEmpty() =>
        new(Revision: 0, MetadataTree.Empty, MappingTable.CreateEmpty(), RuleTable.Empty);

    /// <summary>What one caller may see.</summary>
    /// <param name="client">The caller.</param>
    /// <param name="settings">What the operator decided for all callers.</param>
    public ClientView For(ClientIdentity client, ViewSettings settings)
    {
        var mapping = Mapping.Of(client);
        var rules = Rules.Of(client)
            ?? (mapping is not null ? Mapping.Implied(mapping) : null)
            ?? (settings.UnknownMayRead ? AccessRules.Everything : null);
        return new(this, rules, mapping, settings.OnlySelf);
    }
}
