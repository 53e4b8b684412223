using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Model.Views;

/// <summary>What a caller would see change from one view to another, leaf by leaf.</summary>
/// <remarks>Nodes that both views share are not looked into, so the cost is that of the change and its directories.</remarks>
public static class ViewDifference
{
    /// <summary>The leaves that differ, ordered by path, removals of a place before what takes it.</summary>
    /// <param name="before">The view that is known; null when there was nothing.</param>
    /// <param name="after">The view of now; null when there is nothing.</param>
    public static IReadOnlyList<LeafChange> Between(View? before, View? after)
    {
        var changes = new List<LeafChange>();
        Compare(new ByteBuffer(), before, after, changes);
        return changes;
    }

    private static void Compare(ByteBuffer path, View? before, View? after, List<LeafChange> changes)
    {
        if (before is View.DataView left && after is View.DataView right
            && ReferenceEquals(left.Node, right.Node) && left.Walk == right.Walk)
        {
            return;
        }

        var (oldLeaf, newLeaf) = (LeafOf(before), LeafOf(after));
        if (oldLeaf is not null && newLeaf is null)
        {
            changes.Add(new(path.Written.ToArray(), Value: null));
        }

        CompareChildren(path, before, after, changes);
        if (newLeaf is not null && (oldLeaf is null || !oldLeaf.Value.SequenceEqual(newLeaf.Value)))
        {
            changes.Add(new(path.Written.ToArray(), newLeaf.Value.ToArray()));
        }
    }

    private static void CompareChildren(ByteBuffer path, View? before, View? after, List<LeafChange> changes)
    {
        using var left = ChildrenOf(before).GetEnumerator();
        using var right = ChildrenOf(after).GetEnumerator();
        var (hasLeft, hasRight) = (left.MoveNext(), right.MoveNext());
        var length = path.Length;
        while (hasLeft || hasRight)
        {
            var order = !hasLeft ? 1 : !hasRight ? -1
                : left.Current.Name.Bytes.SequenceCompareTo(right.Current.Name.Bytes);
            path.Append((byte)'/');
            path.Append(order <= 0 ? left.Current.Name.Bytes : right.Current.Name.Bytes);
            Compare(path, order <= 0 ? left.Current.View : null, order >= 0 ? right.Current.View : null, changes);
            path.CutTo(length);
            hasLeft = order <= 0 ? left.MoveNext() : hasLeft;
            hasRight = order >= 0 ? right.MoveNext() : hasRight;
        }
    }

    private static MetadataNode? LeafOf(View? view) => view is View.DataView { Node.IsLeaf: true } leaf ? leaf.Node : null;

    private static IEnumerable<NamedView> ChildrenOf(View? view) => view is null ? [] : VisibleChildren.Of(view);
}
