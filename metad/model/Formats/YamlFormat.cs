using System.Diagnostics;
using System.Text;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Formats;

/// <summary>Writes views as block style YAML, two spaces a level, names in natural order, a newline at the end.</summary>
public sealed class YamlFormat
{
    private const int IndentStep = 2;

    private readonly ByteBuffer _buffer;

    private YamlFormat(ByteBuffer buffer) => _buffer = buffer;

    /// <summary>Writes a view.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="view">What a caller sees.</param>
    public static void Write(ByteBuffer buffer, View view)
    {
        if (view is View.DataView { Node.IsLeaf: true } leaf)
        {
            YamlText.WriteValue(buffer, leaf.Node.Value, IndentStep);
        }
        else if (!new YamlFormat(buffer).WriteMembers(view, indent: 0))
        {
            buffer.Append("{}\n"u8);
        }
    }

    // Returns true when a member was written.
    private bool WriteMembers(View view, int indent)
    {
        var ordered = Entries(view).Select(entry => (Text: Encoding.UTF8.GetString(entry.Name.Bytes), Entry: entry)).ToArray();
        Array.Sort(ordered, static (left, right) => NaturalOrder.Compare(left.Text, right.Text));
        var hasMembers = false;
        foreach (var (_, entry) in ordered)
        {
            hasMembers |= WriteMember(entry, isMapped: view is View.MappedView || entry.View is View.MappedView or View.CutView, indent);
        }

        return hasMembers;
    }

    // A mapped name shows even when nothing below it does; a directory of data does not.
    private bool WriteMember(NamedView entry, bool isMapped, int indent)
    {
        var before = _buffer.Length;
        _buffer.Append((byte)' ', indent);
        YamlText.WriteName(_buffer, entry.Name.Bytes);
        if (entry.View is View.DataView { Node.IsLeaf: true } leaf)
        {
            _buffer.Append(": "u8);
            YamlText.WriteValue(_buffer, leaf.Node.Value, indent + IndentStep);
            return true;
        }

        var members = _buffer.Length;
        _buffer.Append(":\n"u8);
        if (WriteMembers(entry.View, indent + IndentStep))
        {
            return true;
        }

        _buffer.CutTo(isMapped ? members : before);
        if (isMapped)
        {
            _buffer.Append(": {}\n"u8);
        }

        return isMapped;
    }

    private static IEnumerable<NamedView> Entries(View view) => view switch
    {
        View.DataView data => Entries(data.Node, data.Walk),
        View.MappedView mapped => mapped.Children,
        View.CutView => [],
        View.RootView root => Entries(root.Root.Node, root.Root.Walk)
            .Where(entry => !entry.Name.Bytes.SequenceEqual(ClientView.Self.Bytes))
            .Append(new(ClientView.Self, root.Self)),
        _ => throw new UnreachableException($"No such view: {view}"),
    };

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
}
