using Sync.Metad.Model.Access;
using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Model.Views;

/// <summary>The members that a view's directory is written with, ordered by the bytes of their names.</summary>
internal static class VisibleChildren
{
    /// <summary>The members of a view.</summary>
    /// <param name="view">A view; a leaf and a directory that was left out have none.</param>
    public static IEnumerable<NamedView> Of(View view) => view switch
    {
        View.DataView data => Of(data.Node, data.Walk),
        View.MappedView mapped => mapped.Children,
        View.RootView root => Of(root),
        View.CutView => [],
        _ => throw new System.Diagnostics.UnreachableException($"No such view: {view}"),
    };

    /// <summary>States that a view is a single value.</summary>
    /// <param name="view">A view.</param>
    public static bool IsLeaf(View view) => view is View.DataView { Node.IsLeaf: true };

    private static IEnumerable<NamedView> Of(View.RootView root)
    {
        var isSelfWritten = false;
        foreach (var child in Of(root.Root.Node, root.Root.Walk))
        {
            var order = child.Name.Bytes.SequenceCompareTo(ClientView.Self.Bytes);
            if (order >= 0 && !isSelfWritten)
            {
                isSelfWritten = true;
                yield return new(ClientView.Self, root.Self);
            }

            if (order != 0)
            {
                yield return child;
            }
        }

        if (!isSelfWritten)
        {
            yield return new(ClientView.Self, root.Self);
        }
    }

    private static IEnumerable<NamedView> Of(MetadataNode node, AccessWalk walk)
    {
        foreach (var child in node.Children)
        {
            if (walk.TryEnter(child.Name.Bytes, out var below) && ViewEquality.IsVisible(child, below))
            {
                yield return new(child.Name, new View.DataView(child, below));
            }
        }
    }
}
