using System.Globalization;
using System.Text;

namespace Sync.Metad.Model.Formats;

/// <summary>Writes the bodies that carry no data: an error, or that a write was done.</summary>
public static class StatusFormat
{
    /// <summary>Writes an error.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="message">One sentence.</param>
    /// <param name="format">The form; YAML ends in an empty line.</param>
    public static void WriteError(ByteBuffer buffer, int status, string message, BodyFormat format)
    {
        var code = Encoding.ASCII.GetBytes(status.ToString(CultureInfo.InvariantCulture));
        var text = Encoding.UTF8.GetBytes(message);
        switch (format)
        {
            case BodyFormat.Json:
                buffer.Append("{\"code\":"u8);
                buffer.Append(code);
                buffer.Append(",\"message\":"u8);
                JsonText.Write(buffer, text);
                buffer.Append(",\"type\":\"ERROR\"}\n"u8);
                break;
            case BodyFormat.Yaml:
                buffer.Append("code: "u8);
                buffer.Append(code);
                buffer.Append("\nmessage: "u8);
                YamlText.WriteValue(buffer, text, indent: 2);
                buffer.Append("type: ERROR\n\n"u8);
                break;
            default:
                buffer.Append(text);
                buffer.Append((byte)'\n');
                break;
        }
    }

    /// <summary>Writes that a write was done.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="format">The form.</param>
    public static void WriteDone(ByteBuffer buffer, BodyFormat format) => buffer.Append(format switch
    {
        BodyFormat.Json => "{\"code\":200,\"type\":\"OK\"}"u8,
        BodyFormat.Yaml => "code: 200\ntype: OK\n"u8,
        _ => "OK"u8,
    });
}
