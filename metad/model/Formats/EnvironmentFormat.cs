using System.Text;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Formats;

/// <summary>
/// Writes views as environment variables, one line a leaf: the segments of the path in capitals, joined by underscores,
/// every byte that a variable's name cannot hold as one too.
/// </summary>
/// <remarks>
/// <c>env</c> is read by a POSIX shell, the value in single quotes. <c>dotenv</c> is a .env file: the value in double
/// quotes, with backslash before <c>" \ $ `</c> and line ends as <c>\n</c> and <c>\r</c>. Where two paths give one name, the
/// first in byte order counts and the other is left out. A value that holds a NUL byte cannot be a variable and is left out.
/// </remarks>
public sealed class EnvironmentFormat
{
    private readonly ByteBuffer _buffer;
    private readonly bool _isDotenv;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly StringBuilder _name = new();

    private EnvironmentFormat(ByteBuffer buffer, bool isDotenv)
    {
        _buffer = buffer;
        _isDotenv = isDotenv;
    }

    /// <summary>Writes a view; a single value bears the name of its node.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="view">What a caller sees.</param>
    /// <param name="format">Which of the two spellings.</param>
    public static void Write(ByteBuffer buffer, View view, BodyFormat format)
    {
        var writer = new EnvironmentFormat(buffer, format == BodyFormat.Dotenv);
        if (view is View.DataView { Node.IsLeaf: true } leaf)
        {
            writer.WriteNamed(new NamedView(leaf.Node.Name, leaf));
        }
        else
        {
            writer.WriteMembers(view);
        }
    }

    private void WriteMembers(View view)
    {
        foreach (var child in VisibleChildren.Of(view))
        {
            WriteNamed(child);
        }
    }

    private void WriteNamed(NamedView child)
    {
        var length = _name.Length;
        AppendName(child.Name.Bytes);
        if (child.View is View.DataView { Node.IsLeaf: true } leaf)
        {
            WriteLine(leaf.Node.Value);
        }
        else
        {
            WriteMembers(child.View);
        }

        _name.Length = length;
    }

    private void AppendName(ReadOnlySpan<byte> segment)
    {
        if (_name.Length > 0 || char.IsAsciiDigit((char)segment[0]))
        {
            _name.Append('_');
        }

        foreach (var value in segment)
        {
            _name.Append(char.IsAsciiLetterOrDigit((char)value) ? char.ToUpperInvariant((char)value) : '_');
        }
    }

    private void WriteLine(ReadOnlySpan<byte> value)
    {
        var name = _name.ToString();
        if (value.Contains((byte)0) || !_names.Add(name))
        {
            return;
        }

        _buffer.Append(Encoding.ASCII.GetBytes(name));
        _buffer.Append((byte)'=');
        if (_isDotenv)
        {
            WriteDoubleQuoted(value);
        }
        else
        {
            WriteSingleQuoted(value);
        }

        _buffer.Append((byte)'\n');
    }

    // Inside single quotes a shell reads everything as it is; a quote ends them, stands escaped, and opens them again.
    private void WriteSingleQuoted(ReadOnlySpan<byte> value)
    {
        _buffer.Append((byte)'\'');
        foreach (var part in value)
        {
            if (part == '\'')
            {
                _buffer.Append("'\\''"u8);
            }
            else
            {
                _buffer.Append(part);
            }
        }

        _buffer.Append((byte)'\'');
    }

    private void WriteDoubleQuoted(ReadOnlySpan<byte> value)
    {
        _buffer.Append((byte)'"');
        foreach (var part in value)
        {
            switch (part)
            {
                case (byte)'\n':
                    _buffer.Append("\\n"u8);
                    break;
                case (byte)'\r':
                    _buffer.Append("\\r"u8);
                    break;
                case (byte)'"' or (byte)'\\' or (byte)'$' or (byte)'`':
                    _buffer.Append((byte)'\\');
                    _buffer.Append(part);
                    break;
                default:
                    _buffer.Append(part);
                    break;
            }
        }

        _buffer.Append((byte)'"');
    }
}
