using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Watching;

/// <summary>Finds the groups whose range holds a key, in about as many steps as there are such groups.</summary>
/// <remarks>
/// A search tree by start, kept in balance by a number for each node that looks random; each node knows the
/// furthest end below it, so that whole subtrees that end before a key are passed over.
/// Source: R. Seidel, C. Aragon, Randomized search trees, 1996.
/// </remarks>
internal sealed class RangeTree
{
    private Node? _root;

    /// <summary>Adds a group of a range that is not a single key.</summary>
    public void Add(WatchGroup group) => _root = Insert(_root, new Node(group));

    /// <summary>Takes a group away.</summary>
    public void Remove(WatchGroup group) => _root = Remove(_root, group);

    /// <summary>Adds the groups whose range holds a key to a list.</summary>
    public void Find(ReadOnlySpan<byte> key, List<WatchGroup> found) => Find(_root, key, found);

    private static void Find(Node? node, ReadOnlySpan<byte> key, List<WatchGroup> found)
    {
        if (node is null || !node.ReachesPast(key))
        {
            return;
        }

        Find(node.Left, key, found);
        if (node.Keys.Start.Span.SequenceCompareTo(key) > 0)
        {
            return;
        }

        if (node.Keys.IsBeforeEnd(key))
        {
            found.Add(node.Group);
        }

        Find(node.Right, key, found);
    }

    private static Node Insert(Node? root, Node node)
    {
        if (root is null)
        {
            return node;
        }

        if (node.Priority > root.Priority)
        {
            (node.Left, node.Right) = Split(root, node.Group);
            return node.Summed();
        }

        if (IsBefore(node.Group, root.Group))
        {
            root.Left = Insert(root.Left, node);
        }
        else
        {
            root.Right = Insert(root.Right, node);
        }

        return root.Summed();
    }

    private static (Node? Before, Node? After) Split(Node? root, WatchGroup at)
    {
        if (root is null)
        {
            return (null, null);
        }

        if (IsBefore(root.Group, at))
        {
            (root.Right, var after) = Split(root.Right, at);
            return (root.Summed(), after);
        }

        (var before, root.Left) = Split(root.Left, at);
        return (before, root.Summed());
    }

    private static Node? Remove(Node? root, WatchGroup group)
    {
        Invariant.Require(root is not null, "a group that is removed was added");
        if (root.Group == group)
        {
            return Merge(root.Left, root.Right);
        }

        if (IsBefore(group, root.Group))
        {
            root.Left = Remove(root.Left, group);
        }
        else
        {
            root.Right = Remove(root.Right, group);
        }

        return root.Summed();
    }

    private static Node? Merge(Node? left, Node? right)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        if (left.Priority > right.Priority)
        {
            left.Right = Merge(left.Right, right);
            return left.Summed();
        }

        right.Left = Merge(left, right.Left);
        return right.Summed();
    }

    private static bool IsBefore(WatchGroup left, WatchGroup right)
    {
        var order = left.Interest.Keys.Start.Span.SequenceCompareTo(right.Interest.Keys.Start.Span);
        return order != 0 ? order < 0 : left.Number < right.Number;
    }

    private sealed class Node(WatchGroup group)
    {
        private KeyRange _furthest = group.Interest.Keys;

        public WatchGroup Group { get; } = group;

        public KeyRange Keys => Group.Interest.Keys;

        // The group's number, its bits spread by an odd factor near the golden ratio of the word.
        public ulong Priority { get; } = ((ulong)group.Number + 1) * 0x9E3779B97F4A7C15;

        public Node? Left { get; set; }

        public Node? Right { get; set; }

        public bool ReachesPast(ReadOnlySpan<byte> key) => _furthest.IsBeforeEnd(key);

        public Node Summed()
        {
            _furthest = Further(Further(Keys, Left), Right);
            return this;
        }

        private static KeyRange Further(KeyRange keys, Node? node)
        {
            if (node is null || keys.IsUnbounded)
            {
                return keys;
            }

            var other = node._furthest;
            return other.IsUnbounded || other.RangeEnd.Span.SequenceCompareTo(keys.RangeEnd.Span) > 0
                ? other
                : keys;
        }
    }
}
