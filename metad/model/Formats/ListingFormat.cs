using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Formats;

/// <summary>Writes the names in a directory and nothing below them; the name of a directory ends in a slash.</summary>
public static class ListingFormat
{
    /// <summary>Writes a listing; a leaf is written as its value, as without a listing.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="view">What a caller sees.</param>
    /// <param name="format">
    /// JSON is an array of strings, YAML a block sequence, every other form one name a line.
    /// </param>
    public static void Write(ByteBuffer buffer, View view, BodyFormat format)
    {
        if (VisibleChildren.IsLeaf(view))
        {
            ViewFormat.Write(buffer, view, format, isIndented: false);
            return;
        }

        var names = VisibleChildren.Of(view).Select(child => NameOf(child)).ToList();
        switch (format)
        {
            case BodyFormat.Json:
                WriteJson(buffer, names);
                break;
            case BodyFormat.Yaml:
                WriteYaml(buffer, names);
                break;
            default:
                names.ForEach(name => WriteLine(buffer, name));
                break;
        }
    }

    private static byte[] NameOf(NamedView child) => VisibleChildren.IsLeaf(child.View)
        ? child.Name.Bytes.ToArray()
        : [.. child.Name.Bytes, (byte)'/'];

    private static void WriteLine(ByteBuffer buffer, byte[] name)
    {
        buffer.Append(name);
        buffer.Append((byte)'\n');
    }

    private static void WriteJson(ByteBuffer buffer, List<byte[]> names)
    {
        buffer.Append((byte)'[');
        for (var index = 0; index < names.Count; index++)
        {
            if (index > 0)
            {
                buffer.Append((byte)',');
            }

            JsonText.Write(buffer, names[index]);
        }

        buffer.Append((byte)']');
    }

    private static void WriteYaml(ByteBuffer buffer, List<byte[]> names)
    {
        if (names.Count == 0)
        {
            buffer.Append("[]\n"u8);
        }

        foreach (var name in names)
        {
            buffer.Append("- "u8);
            YamlText.WriteName(buffer, name);
            buffer.Append((byte)'\n');
        }
    }
}
