using Sync.Metad.Model.Access;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Views;

/// <summary>One caller's eyes on one snapshot. Made for every look, and therefore a value.</summary>
#pragma warning disable CA1815 // Two of them are never compared: what they show is.
public readonly struct ClientView
#pragma warning restore CA1815
{
    private static readonly NodeName SelfName = new("self"u8);
    private static readonly MetadataNode Hidden = new(new(default), value: null, NodeList.Empty);

    private readonly MetadataSnapshot _snapshot;
    private readonly AccessRules? _rules;
    private readonly MetadataNode? _mapping;
    private readonly bool _onlySelf;

    internal ClientView(MetadataSnapshot snapshot, AccessRules? rules, MetadataNode? mapping, bool onlySelf)
    {
        _snapshot = snapshot;
        _rules = rules;
        _mapping = mapping;
        _onlySelf = onlySelf;
    }

    /// <summary>States that the caller has rules or a mapping; others are answered as if nothing were there.</summary>
    public bool IsKnown => _rules is not null;

    /// <summary>The name under which the root shows a caller's own part.</summary>
    internal static NodeName Self => SelfName;

    /// <summary>States that a path is the caller's own part or lies in it.</summary>
    /// <param name="path">A requested path.</param>
    public static bool IsSelf(MetadataPath path) => path.FirstSegment.SequenceEqual("self"u8);

    /// <summary>What the caller sees at a path.</summary>
    /// <param name="path">A requested path.</param>
    /// <returns>Null when nothing is there, or nothing for this caller: the two are never told apart.</returns>
    public View? Find(MetadataPath path)
    {
        if (_rules is null)
        {
            return null;
        }

        if (IsSelf(path))
        {
            return FindSelf(path.BelowFirstSegment);
        }

        if (!path.IsRoot)
        {
            return _onlySelf ? null : FindData(_rules, path);
        }

        var root = new View.DataView(_onlySelf ? Hidden : _snapshot.Tree.Root, _rules.Start());
        return _mapping is null ? root : new View.RootView(root, Mapped(_rules, _mapping));
    }

    /// <summary>
    /// States that the mapping has a place for a path below <c>/self</c>, whether or not its target exists.
    /// </summary>
    /// <param name="path">A requested path.</param>
    public bool HasNameFor(MetadataPath path)
    {
        var node = _mapping;
        foreach (var segment in path.BelowFirstSegment.Segments)
        {
            if (node is null or { IsLeaf: true })
            {
                break;
            }

            node = node.Children.Find(segment);
        }

        return node is not null;
    }

    /// <summary>The data path that a path below <c>/self</c> stands for.</summary>
    /// <param name="path">A requested path.</param>
    /// <returns>The path itself when it is none below <c>/self</c>; null when the mapping has no target there.</returns>
    public MetadataPath? TargetOf(MetadataPath path)
    {
        if (!IsSelf(path))
        {
            return path;
        }

        var (node, below) = (_mapping, path.BelowFirstSegment);
        while (node is { IsLeaf: false } && !below.IsRoot)
        {
            node = node.Children.Find(below.FirstSegment);
            below = below.BelowFirstSegment;
        }

        return node is { IsLeaf: true } ? MetadataPath.Clean(node.Value).Append(below) : null;
    }

    private View? FindSelf(MetadataPath below)
    {
        var node = _mapping;
        while (node is { IsLeaf: false } && !below.IsRoot)
        {
            node = node.Children.Find(below.FirstSegment);
            below = below.BelowFirstSegment;
        }

        if (node is null || _rules is null)
        {
            return null;
        }

        return node.IsLeaf ? FindData(_rules, MetadataPath.Clean(node.Value).Append(below)) : Mapped(_rules, node);
    }

    private View.MappedView Mapped(AccessRules rules, MetadataNode names)
    {
        var children = new List<NamedView>(names.Children.Count);
        foreach (var child in names.Children)
        {
            View? view = child.IsLeaf ? FindData(rules, MetadataPath.Clean(child.Value)) : Mapped(rules, child);
            if (view is not null)
            {
                children.Add(new(child.Name, view));
            }
        }

        return new(children);
    }

    private View.DataView? FindData(AccessRules rules, MetadataPath path)
    {
        var node = _snapshot.Tree.Root;
        var walk = rules.Start();
        foreach (var segment in path.Segments)
        {
            if (node.Children.Find(segment) is not { } child || !walk.TryEnter(segment, out walk))
            {
                return null;
            }

            node = child;
        }

        return !node.IsLeaf || walk.MayRead ? new(node, walk) : null;
    }
}
