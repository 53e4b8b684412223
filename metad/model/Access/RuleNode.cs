using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Access;

/// <summary>One segment of the rules of a host. Immutable once its <see cref="AccessRules"/> is built.</summary>
internal sealed class RuleNode
{
    private readonly Dictionary<NodeName, RuleNode> _children = new(new NodeNameComparer());
    private readonly List<(NodeName Name, RuleNode Node)> _inOrder = [];

    /// <summary>The mode of the rule that ends here; <see cref="AccessMode.Unset"/> when none does.</summary>
    public AccessMode Mode { get; private set; } = AccessMode.Unset;

    /// <summary>States that some rule goes on below.</summary>
    public bool HasChildren => _inOrder.Count > 0;

    /// <summary>The child that stands for every name.</summary>
    public RuleNode? Wildcard { get; private set; }

    /// <summary>The children in the order in which rules first named them.</summary>
    public IEnumerable<(NodeName Name, RuleNode Node)> Children => _inOrder;

    /// <summary>The child of exactly this name.</summary>
    /// <param name="name">The segment's bytes.</param>
    public RuleNode? Exact(ReadOnlySpan<byte> name) =>
        HasChildren && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out var node) ? node : null;

    /// <summary>Adds one rule below this node; a later rule for a path replaces an earlier one.</summary>
    /// <param name="rule">The rule.</param>
    public void Add(AccessRule rule)
    {
        var node = this;
        foreach (var segment in MetadataPath.Split(rule.Path).Segments)
        {
            if (node.Exact(segment) is not { } child)
            {
                child = new();
                var name = new NodeName(segment);
                node._children.Add(name, child);
                node._inOrder.Add((name, child));
                node.Wildcard = segment is [(byte)'*'] ? child : node.Wildcard;
            }

            node = child;
        }

        node.Mode = rule.Mode;
    }
}
