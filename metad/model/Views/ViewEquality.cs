using Sync.Metad.Model.Access;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Model.Views;

/// <summary>
/// Decides whether a caller would see a difference between two views. What two snapshots share is not looked at, so
/// the cost is that of the change and not that of the tree.
/// </summary>
public static class ViewEquality
{
    /// <summary>States that two views write the same answer.</summary>
    /// <param name="left">One view; null when there is none.</param>
    /// <param name="right">The other view.</param>
    public static bool AreSame(View? left, View? right) => (left, right) switch
    {
        (null, null) => true,
        (View.DataView before, View.DataView after) => AreSameAnswers(before, after),
        (View.MappedView before, View.MappedView after) => AreSameNames(before, after),
        (View.RootView before, View.RootView after) =>
            AreSameNames(before.Self, after.Self) && AreSameRoots(before.Root, after.Root),
        (null, _) or (_, null) => false,
        _ => WriteTheSame(left, right),
    };

    // Views of two kinds can still read the same: a name for an empty directory, a directory of names that all miss.
    private static bool WriteTheSame(View left, View right)
    {
        var (leftBody, rightBody) = (new ByteBuffer(), new ByteBuffer());
        JsonFormat.Write(leftBody, left, isIndented: false);
        JsonFormat.Write(rightBody, right, isIndented: false);
        return leftBody.Written.SequenceEqual(rightBody.Written);
    }

    // A node that is asked for is told apart as leaf or directory even where nothing in it shows.
    private static bool AreSameAnswers(View.DataView before, View.DataView after) =>
        before.Node.IsLeaf == after.Node.IsLeaf && AreSameNodes(before.Node, before.Walk, after.Node, after.Walk);

    private static bool AreSameNames(View.MappedView before, View.MappedView after)
    {
        if (before.Children.Count != after.Children.Count)
        {
            return false;
        }

        for (var index = 0; index < before.Children.Count; index++)
        {
            var (left, right) = (before.Children[index], after.Children[index]);
            if (!left.Name.Bytes.SequenceEqual(right.Name.Bytes) || !AreSame(left.View, right.View))
            {
                return false;
            }
        }

        return true;
    }

    private static bool AreSameRoots(View.DataView before, View.DataView after) =>
        AreSameChildren(before.Node, before.Walk, after.Node, after.Walk, hidden: ClientView.Self.Bytes);

    private static bool AreSameNodes(MetadataNode left, AccessWalk leftWalk, MetadataNode right, AccessWalk rightWalk)
    {
        if (ReferenceEquals(left, right) && leftWalk == rightWalk)
        {
            return true;
        }

        if (left.IsLeaf && right.IsLeaf)
        {
            return leftWalk.MayRead == rightWalk.MayRead
                && (!leftWalk.MayRead || left.Value.SequenceEqual(right.Value));
        }

        return left.IsLeaf || right.IsLeaf
            ? !IsVisible(left, leftWalk) && !IsVisible(right, rightWalk)
            : AreSameChildren(left, leftWalk, right, rightWalk, hidden: default);
    }

    private static bool AreSameChildren(
        MetadataNode left, AccessWalk leftWalk, MetadataNode right, AccessWalk rightWalk, ReadOnlySpan<byte> hidden)
    {
        var areSameRules = leftWalk == rightWalk;
        if (ReferenceEquals(left, right) && areSameRules)
        {
            return true;
        }

        var (leftChildren, rightChildren) = (left.Children.GetEnumerator(), right.Children.GetEnumerator());
        var (hasLeft, hasRight) = (leftChildren.MoveNext(), rightChildren.MoveNext());
        while (hasLeft || hasRight)
        {
            if (areSameRules && hasLeft && hasRight && leftChildren.IsAtSameRunAs(rightChildren))
            {
                (hasLeft, hasRight) = (leftChildren.MoveToNextRun(), rightChildren.MoveToNextRun());
                continue;
            }

            var order = !hasLeft ? 1 : !hasRight ? -1
                : ReferenceEquals(leftChildren.Current, rightChildren.Current) ? 0
                : leftChildren.Current.Name.Bytes.SequenceCompareTo(rightChildren.Current.Name.Bytes);
            var leftChild = order <= 0 ? leftChildren.Current : null;
            var rightChild = order >= 0 ? rightChildren.Current : null;
            if (!AreSameEntries(leftChild, leftWalk, rightChild, rightWalk, hidden))
            {
                return false;
            }

            hasLeft = leftChild is null ? hasLeft : leftChildren.MoveNext();
            hasRight = rightChild is null ? hasRight : rightChildren.MoveNext();
        }

        return true;
    }

    private static bool AreSameEntries(
        MetadataNode? left, AccessWalk leftWalk, MetadataNode? right, AccessWalk rightWalk, ReadOnlySpan<byte> hidden)
    {
        var name = left is not null ? left.Name.Bytes : right is not null ? right.Name.Bytes : default;
        if (!hidden.IsEmpty && name.SequenceEqual(hidden))
        {
            return true;
        }

        var leftBelow = default(AccessWalk);
        var rightBelow = default(AccessWalk);
        left = left is not null && leftWalk.TryEnter(name, out leftBelow) ? left : null;
        right = right is not null && rightWalk.TryEnter(name, out rightBelow) ? right : null;
        return (left, right) switch
        {
            (null, null) => true,
            (null, not null) => !IsVisible(right, rightBelow),
            (not null, null) => !IsVisible(left, leftBelow),
            _ => AreSameNodes(left, leftBelow, right, rightBelow),
        };
    }

    // States that a directory above would list the node.
    internal static bool IsVisible(MetadataNode node, AccessWalk walk)
    {
        if (node.IsLeaf || walk.IsUniform)
        {
            return walk.MayRead;
        }

        foreach (var child in node.Children)
        {
            if (walk.TryEnter(child.Name.Bytes, out var below) && IsVisible(child, below))
            {
                return true;
            }
        }

        return false;
    }
}
