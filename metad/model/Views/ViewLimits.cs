using Sync.Metad.Model.Metadata;

namespace Sync.Metad.Model.Views;

/// <summary>How much of a directory an answer holds.</summary>
/// <param name="Depth">How many levels below the place are written, from 1; null writes all.</param>
/// <param name="Count">How many members of the place are written, from 1; null writes all.</param>
/// <param name="After">Members up to and including this name are passed over; null begins with the first.</param>
public sealed record ViewLimits(int? Depth, int? Count, byte[]? After)
{
    /// <summary>The part of a view that the limits leave.</summary>
    /// <param name="view">A view; a leaf is never limited.</param>
    /// <param name="next">The last name that is written, when others follow it; else null.</param>
    public View Apply(View view, out NodeName? next)
    {
        next = null;
        if (VisibleChildren.IsLeaf(view))
        {
            return view;
        }

        var children = new List<NamedView>();
        foreach (var child in VisibleChildren.Of(view))
        {
            if (After is { } after && child.Name.Bytes.SequenceCompareTo(after) <= 0)
            {
                continue;
            }

            if (children.Count == Count)
            {
                next = children[^1].Name;
                break;
            }

            children.Add(Depth is { } depth ? child with { View = Cut(child.View, depth - 1) } : child);
        }

        return new View.MappedView(children);
    }

    private static View Cut(View view, int depth) =>
        VisibleChildren.IsLeaf(view) ? view
        : depth == 0 ? View.CutView.Instance
        : new View.MappedView(
            [.. VisibleChildren.Of(view).Select(child => child with { View = Cut(child.View, depth - 1) })]);
}
