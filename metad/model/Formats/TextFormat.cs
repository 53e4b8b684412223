using Sync.Metad.Model.Access;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Formats;

/// <summary>
/// Writes views as text: a leaf is its raw value, a directory one line <c>path tab value</c> a leaf, in byte order of
/// whole paths. Nothing is escaped. A directory that is left out is a line whose path ends in a slash.
/// </summary>
public sealed class TextFormat
{
    private readonly ByteBuffer _buffer;
    private readonly ByteBuffer _path = new(128);

    private TextFormat(ByteBuffer buffer) => _buffer = buffer;

    /// <summary>Writes a view.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="view">What a caller sees.</param>
    public static void Write(ByteBuffer buffer, View view)
    {
        if (view is View.DataView { Node.IsLeaf: true } leaf)
        {
            buffer.Append(leaf.Node.Value);
            return;
        }

        new TextFormat(buffer).WriteView(view);
    }

    private void WriteView(View view)
    {
        switch (view)
        {
            case View.DataView { Node.IsLeaf: true } leaf:
                WriteLine(leaf.Node);
                break;
            case View.DataView directory:
                WriteDirectory(directory.Node, directory.Walk);
                break;
            case View.MappedView mapped:
                WriteNamed([.. mapped.Children]);
                break;
            case View.RootView root:
                WriteNamed([.. Entries(root)]);
                break;
            case View.CutView:
                _buffer.Append(_path.Written);
                _buffer.Append("/\t\n"u8);
                break;
        }
    }

    private void WriteDirectory(MetadataNode node, AccessWalk walk)
    {
        if (IsOutOfOrder(node.Children))
        {
            WriteNamed([.. Entries(node, walk)]);
            return;
        }

        var length = _path.Length;
        foreach (var child in node.Children)
        {
            if (!walk.TryEnter(child.Name.Bytes, out var below) || (child.IsLeaf && !below.MayRead))
            {
                continue;
            }

            _path.Append((byte)'/');
            _path.Append(child.Name.Bytes);
            if (child.IsLeaf)
            {
                WriteLine(child);
            }
            else
            {
                WriteDirectory(child, below);
            }

            _path.CutTo(length);
        }
    }

    private void WriteNamed(NamedView[] children)
    {
        Array.Sort(children, static (left, right) => CompareLines(
            left.Name.Bytes, left.View is View.DataView { Node.IsLeaf: true },
            right.Name.Bytes, right.View is View.DataView { Node.IsLeaf: true }));
        var length = _path.Length;
        foreach (var child in children)
        {
            _path.Append((byte)'/');
            _path.Append(child.Name.Bytes);
            WriteView(child.View);
            _path.CutTo(length);
        }
    }

    private void WriteLine(MetadataNode leaf)
    {
        _buffer.Append(_path.Written);
        _buffer.Append((byte)'\t');
        _buffer.Append(leaf.Value);
        _buffer.Append((byte)'\n');
    }

    private static IEnumerable<NamedView> Entries(View.RootView root) =>
        Entries(root.Root.Node, root.Root.Walk)
            .Where(entry => !entry.Name.Bytes.SequenceEqual(ClientView.Self.Bytes))
            .Append(new(ClientView.Self, root.Self));

    private static IEnumerable<NamedView> Entries(MetadataNode node, AccessWalk walk)
    {
        foreach (var child in node.Children)
        {
            if (walk.TryEnter(child.Name.Bytes, out var below) && (!child.IsLeaf || below.MayRead))
            {
                yield return new(child.Name, new View.DataView(child, below));
            }
        }
    }

    // The lines of a directory a begin with a/, which comes after a-b and a.b: names alone do not order lines.
    // Where that happens at all, it happens between neighbours.
    private static bool IsOutOfOrder(NodeList children)
    {
        MetadataNode? previous = null;
        foreach (var child in children)
        {
            if (previous is { IsLeaf: false })
            {
                var first = previous.Name.Bytes;
                var second = child.Name.Bytes;
                if (second.Length > first.Length && second[first.Length] < '/' && second.StartsWith(first))
                {
                    return true;
                }
            }

            previous = child;
        }

        return false;
    }

    private static int CompareLines(ReadOnlySpan<byte> left, bool leftIsLeaf, ReadOnlySpan<byte> right, bool rightIsLeaf)
    {
        var common = left.CommonPrefixLength(right);
        return NextByte(left, leftIsLeaf, common).CompareTo(NextByte(right, rightIsLeaf, common));

        static int NextByte(ReadOnlySpan<byte> name, bool isLeaf, int at) =>
            at < name.Length ? name[at] : isLeaf ? -1 : '/';
    }
}
