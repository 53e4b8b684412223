using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Mapping;

/// <summary>
/// The mappings of a group: below each <see cref="MappingEntry"/> a tree of names whose leaves are data paths. Immutable.
/// </summary>
/// <remarks>A bare value in place of names is no entry.</remarks>
public sealed class MappingTable
{
    private readonly ImmutableDictionary<ClientAddress, MetadataPath> _otherSpellings;

    // The longest block first, and of one block its canonical spelling.
    private readonly ImmutableArray<BlockEntry> _blocks;

    // A mapping's rules live as long as the mapping's node, so that an unchanged mapping keeps the same rules.
    private readonly ConditionalWeakTable<MetadataNode, AccessRules> _implied;

    private MappingTable(
        MetadataTree tree,
        ImmutableDictionary<ClientAddress, MetadataPath> otherSpellings,
        ImmutableArray<BlockEntry> blocks,
        ConditionalWeakTable<MetadataNode, AccessRules> implied)
    {
        Tree = tree;
        _otherSpellings = otherSpellings;
        _blocks = blocks;
        _implied = implied;
    }

    /// <summary>The mappings as they are stored: <c>/entry/name…</c> and data paths as values.</summary>
    public MetadataTree Tree { get; }

    /// <summary>Creates a table without mappings.</summary>
    public static MappingTable CreateEmpty() =>
        new(MetadataTree.Empty, ImmutableDictionary<ClientAddress, MetadataPath>.Empty, [], []);

    /// <summary>The entry that counts for a caller, alone.</summary>
    /// <param name="client">The caller.</param>
    /// <returns>
    /// A node with names as children, whose own name is the entry's key, or empty for a label; null when there is none.
    /// </returns>
    public MetadataNode? Of(ClientIdentity client)
    {
        foreach (var name in client.Names)
        {
            if (EntryOf(name.Text) is { } named)
            {
                return named;
            }
        }

        return (client.Address is { } exact ? AtAddress(exact) : null)
            ?? client.Label?.Names
            ?? (client.Address is { } address ? InBlock(address) : null)
            ?? EntryOf(MappingEntry.Everybody);
    }

    private MetadataNode? AtAddress(ClientAddress client) =>
        EntryOf(client.ToString()) ?? (_otherSpellings.TryGetValue(client, out var spelling) ? NamesAt(spelling) : null);

    private MetadataNode? InBlock(ClientAddress client)
    {
        foreach (var entry in _blocks)
        {
            if (entry.Block.Contains(client) && NamesAt(entry.Place) is { } names)
            {
                return names;
            }
        }

        return null;
    }

    private MetadataNode? EntryOf(string key) =>
        Tree.Root.Children.Find(Encoding.ASCII.GetBytes(key)) is { IsLeaf: false } names ? names : null;

    private MetadataNode? NamesAt(MetadataPath place) => Tree.Find(place) is { IsLeaf: false } names ? names : null;

    /// <summary>The stored places that a requested one means: the canonical spelling, and older ones if there are.</summary>
    /// <param name="place"><c>/entry/name…</c>; a name or <c>default</c> has one spelling.</param>
    public IReadOnlyList<MetadataPath> SpellingsOf(MetadataPath place)
    {
        var below = place.BelowFirstSegment;
        var text = Encoding.UTF8.GetString(place.FirstSegment);
        if (MappingEntry.BlockOf(text) is { } block)
        {
            var others = _blocks.Where(entry => entry.Block == block && !entry.IsCanonical);
            return [MetadataPath.Split($"/{MappingEntry.KeyOf(block)}").Append(below), .. others.Select(entry => entry.Place.Append(below))];
        }

        if (!ClientAddress.TryParse(text, out var address))
        {
            return [MappingDocument.Canonical(place) ?? place];
        }

        var canonical = MetadataPath.Split($"/{address}").Append(below);
        return _otherSpellings.TryGetValue(address, out var spelled) ? [canonical, spelled.Append(below)] : [canonical];
    }

    /// <summary>The rules of a caller that has none of its own: read on each of its targets, all below included.</summary>
    /// <param name="mapping">The caller's names, from <see cref="Of"/>.</param>
    public AccessRules Implied(MetadataNode mapping) => _implied.GetValue(mapping, static node => new(Targets(node)));

    /// <summary>The table after changes.</summary>
    /// <param name="changes">Values at <c>/entry/name…</c>.</param>
    /// <param name="names">Shares names between nodes.</param>
    public MappingTable Apply(IReadOnlyCollection<TreeChange> changes, NameTable names)
    {
        var tree = Tree.Apply(changes, names);
        if (ReferenceEquals(tree, Tree))
        {
            return this;
        }

        return new(tree, SpellingsAfter(changes, tree), BlocksAfter(changes, tree), _implied);
    }

    private ImmutableDictionary<ClientAddress, MetadataPath> SpellingsAfter(
        IReadOnlyCollection<TreeChange> changes, MetadataTree tree)
    {
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

        return spellings.ToImmutable();
    }

    private ImmutableArray<BlockEntry> BlocksAfter(IReadOnlyCollection<TreeChange> changes, MetadataTree tree)
    {
        var changed = new Dictionary<MetadataPath, AddressBlock>();
        foreach (var change in changes)
        {
            var key = Encoding.UTF8.GetString(change.Path.FirstSegment);
            if (MappingEntry.BlockOf(key) is { } block)
            {
                changed[MetadataPath.Split($"/{key}")] = block;
            }
        }

        return changed.Count == 0 ? _blocks :
        [
            .. _blocks.Where(entry => !changed.ContainsKey(entry.Place))
                .Concat(changed.Where(pair => tree.Find(pair.Key) is not null).Select(pair => new BlockEntry(pair.Value, pair.Key)))
                .OrderByDescending(entry => entry.Block.PrefixBits)
                .ThenByDescending(entry => entry.IsCanonical)
                .ThenBy(entry => entry.Place),
        ];
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

    // A block by its first address, and where its names are stored.
    private sealed record BlockEntry(AddressBlock Block, MetadataPath Place)
    {
        public bool IsCanonical { get; } = Place == MetadataPath.Split($"/{MappingEntry.KeyOf(Block)}");
    }
}
