using Sync.Metad.Model.Access;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Formats;

/// <summary>Writes views as JSON: members in byte order of their names, no newline at the end.</summary>
public sealed class JsonFormat
{
    private readonly ByteBuffer _buffer;
    private readonly bool _isIndented;

    private JsonFormat(ByteBuffer buffer, bool isIndented)
    {
        _buffer = buffer;
        _isIndented = isIndented;
    }

    /// <summary>Writes a view.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="view">What a caller sees.</param>
    /// <param name="isIndented">Two spaces a level instead of compact.</param>
    public static void Write(ByteBuffer buffer, View view, bool isIndented) =>
        new JsonFormat(buffer, isIndented).WriteView(view, depth: 0);

    private void WriteView(View view, int depth)
    {
        switch (view)
        {
            case View.DataView { Node.IsLeaf: true } leaf:
                JsonText.Write(_buffer, leaf.Node.Value);
                break;
            case View.DataView directory:
                WriteDirectory(directory.Node, directory.Walk, self: null, depth);
                break;
            case View.RootView root:
                WriteDirectory(root.Root.Node, root.Root.Walk, root.Self, depth);
                break;
            case View.MappedView mapped:
                WriteMapped(mapped, depth);
                break;
            case View.CutView:
                _buffer.Append("{}"u8);
                break;
        }
    }

    private void WriteMapped(View.MappedView mapped, int depth)
    {
        _buffer.Append((byte)'{');
        var start = _buffer.Length;
        foreach (var child in mapped.Children)
        {
            StartMember(child.Name, start, depth + 1);
            WriteView(child.View, depth + 1);
        }

        EndObject(start, depth);
    }

    // Returns true when something in the directory shows.
    private bool WriteDirectory(MetadataNode node, AccessWalk walk, View.MappedView? self, int depth)
    {
        _buffer.Append((byte)'{');
        var start = _buffer.Length;
        foreach (var child in node.Children)
        {
            if (self is not null && child.Name.Bytes.SequenceCompareTo(ClientView.Self.Bytes) is var order and >= 0)
            {
                WriteSelf(self, start, depth);
                self = null;
                if (order == 0)
                {
                    continue;
                }
            }

            WriteChild(child, walk, start, depth + 1);
        }

        if (self is not null)
        {
            WriteSelf(self, start, depth);
        }

        return EndObject(start, depth);
    }

    private void WriteSelf(View.MappedView self, int start, int depth)
    {
        StartMember(ClientView.Self, start, depth + 1);
        WriteMapped(self, depth + 1);
    }

    private void WriteChild(MetadataNode child, AccessWalk walk, int start, int depth)
    {
        if (!walk.TryEnter(child.Name.Bytes, out var below) || (child.IsLeaf && !below.MayRead))
        {
            return;
        }

        var before = _buffer.Length;
        StartMember(child.Name, start, depth);
        if (child.IsLeaf)
        {
            JsonText.Write(_buffer, child.Value);
        }
        else if (!WriteDirectory(child, below, self: null, depth))
        {
            _buffer.CutTo(before);
        }
    }

    private void StartMember(NodeName name, int start, int depth)
    {
        if (_buffer.Length > start)
        {
            _buffer.Append((byte)',');
        }

        if (!_isIndented)
        {
            _buffer.Append(name.JsonMember);
            return;
        }

        _buffer.Append((byte)'\n');
        _buffer.Append((byte)' ', 2 * depth);
        _buffer.Append(name.JsonMember);
        _buffer.Append((byte)' ');
    }

    private bool EndObject(int start, int depth)
    {
        var hasMembers = _buffer.Length > start;
        if (hasMembers && _isIndented)
        {
            _buffer.Append((byte)'\n');
            _buffer.Append((byte)' ', 2 * depth);
        }

        _buffer.Append((byte)'}');
        return hasMembers;
    }
}
