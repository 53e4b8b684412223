using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Mapping;

/// <summary>
/// The mappings of a group: below each caller's address a tree of names whose leaves are data paths. Immutable.
/// </summary>
public sealed class MappingTable
{
    private readonly ImmutableDictionary<ClientAddress, MetadataPath> _otherSpellings;

    // A mapping's rules live as long as the mapping's node, so that an unchanged mapping keeps the same rules.
    private readonly ConditionalWeakTable<MetadataNode, AccessRules> _implied;

    private MappingTable(
        MetadataTree tree,
        ImmutableDictionary<ClientAddress, MetadataPath> otherSpellings,
        ConditionalWeakTable<MetadataNode, AccessRules> implied)
    {
        Tree = tree;
        _otherSpellings = otherSpellings;
        _implied = implied;
    }

    /// <summary>The mappings as they are stored: <c>/address/name…</c> and data paths as values.</summary>
    public MetadataTree Tree { get; }

    /// <summary>Creates a table without mappings.</summary>
    public static MappingTable CreateEmpty() =>
        new(MetadataTree.Empty, ImmutableDictionary<ClientAddress, MetadataPath>.Empty, []);

    /// <summary>The names of a caller.</summary>
    /// <param name="client">The caller.</param>
    /// <returns>A node with children; null when the caller has no mapping, or a bare value in place of one.</returns>
    public MetadataNode? Of(ClientIdentity client)
    {
        foreach (var name in client.Names)
        {
            if (Tree.Root.Children.Find(Encoding.ASCII.GetBytes(name.Text)) is { IsLeaf: false } named)
            {
                return named;
            }
        }

        return client.Address is { } address ? AtAddress(address) : null;
    }

    private MetadataNode? AtAddress(ClientAddress client)
    {
        var place = Tree.Root.Children.Find(Encoding.ASCII.GetBytes(client.ToString()));
        if (place is null && _otherSpellings.TryGetValue(client, out var spelling))
        {
            place = Tree.Find(spelling);
        }

        return place is { IsLeaf: false } ? place : null;
    }

    /// <summary>The stored places that a requested one means: the canonical spelling, and an older one if there is.</summary>
    /// <param name="place"><c>/caller/name…</c>; a first segment that is no address has one spelling.</param>
    public IReadOnlyList<MetadataPath> SpellingsOf(MetadataPath place)
    {
        if (!ClientAddress.TryParse(Encoding.UTF8.GetString(place.FirstSegment), out var address))
        {
            return [MappingDocument.Canonical(place) ?? place];
        }

        var below = place.BelowFirstSegment;
        var canonical = MetadataPath.Split($"/{address}").Append(below);
        return _otherSpellings.TryGetValue(address, out var spelled) ? [canonical, spelled.Append(below)] : [canonical];
    }

    /// <summary>The rules of a caller that has none of its own: read on each of its targets, all below included.</summary>
    /// <param name="mapping">The caller's names, from <see cref="Of"/>.</param>
    public AccessRules Implied(MetadataNode mapping) => _implied.GetValue(mapping, static node => new(Targets(node)));

    /// <summary>The table after changes.</summary>
    /// <param name="changes">Values below <c>/address/name…</c>.</param>
    /// <param name="names">Shares names between nodes.</param>
    public MappingTable Apply(IReadOnlyCollection<TreeChange> changes, NameTable names)
    {
        var tree = Tree.Apply(changes, names);
        if (ReferenceEquals(tree, Tree))
        {
            return this;
        }

        var spellings = _otherSpellings.ToBuilder();
        foreach (var change in changes)
        {
            var spelling = Encoding.UTF8.GetString(change.Path.FirstSegment);
            if (!ClientAddress.TryParse(spelling, out var address) || spelling == address.ToString())
            {
                continue;
            }

            var place = MetadataPath.Split($"/{spelling}");
            if (tree.Find(place) is not null)
            {
                spellings[address] = place;
            }
            else if (spellings.TryGetValue(address, out var known) && known == place)
            {
                spellings.Remove(address);
            }
        }

        return new(tree, spellings.ToImmutable(), _implied);
    }

    // Targets count as they are written: dots in them are names, which grant nothing.
    private static IEnumerable<AccessRule> Targets(MetadataNode node)
    {
        if (node.IsLeaf)
        {
            yield return new(Encoding.UTF8.GetString(node.Value), AccessMode.Read);
            yield break;
        }

        foreach (var child in node.Children)
        {
            foreach (var rule in Targets(child))
            {
                yield return rule;
            }
        }
    }
}
