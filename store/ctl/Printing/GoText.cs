using System.Globalization;
using System.Text;
using Google.Protobuf;

namespace Sync.Store.Ctl.Printing;

/// <summary>Values in the notation that etcd's tools print, which scripts read back.</summary>
internal static class GoText
{
    private static readonly string[] SizeUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>Bytes between quotes, with escapes where they are no printable text.</summary>
    public static string Quote(ByteString bytes)
    {
        var text = new StringBuilder("\"");
        for (var rest = bytes.Span; !rest.IsEmpty;)
        {
            var isText = Rune.DecodeFromUtf8(rest, out var rune, out var length) ==
                System.Buffers.OperationStatus.Done;
            text.Append(isText ? Escape(rune) : string.Concat(rest[..1].ToArray().Select(one => $"\\x{one:x2}")));
            rest = rest[(isText ? length : 1)..];
        }

        return text.Append('"').ToString();
    }

    /// <summary>Text between quotes, with escapes.</summary>
    public static string Quote(string text) => Quote(ByteString.CopyFromUtf8(text));

    /// <summary>A count of bytes for people, in steps of 1000.</summary>
    public static string Size(long bytes)
    {
        if (bytes < 10)
        {
            return $"{bytes} B";
        }

        var step = (int)Math.Floor(Math.Log(bytes) / Math.Log(1000));
        var value = Math.Floor(bytes / Math.Pow(1000, step) * 10 + 0.5) / 10;
        var digits = value < 10 ? "0.0" : "0";
        return $"{value.ToString(digits, CultureInfo.InvariantCulture)} {SizeUnits[step]}";
    }

    /// <summary>A member's or cluster's number in hexadecimal, without leading zeros.</summary>
    public static string Id(ulong id) => id.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>A lease's number in hexadecimal, 16 digits.</summary>
    public static string LeaseId(long id) => id.ToString("x16", CultureInfo.InvariantCulture);

    private static string Escape(Rune rune) => rune.Value switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\a' => "\\a",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\v' => "\\v",
        < ' ' or 0x7f => $"\\x{rune.Value:x2}",
        _ when IsPrintable(rune) => rune.ToString(),
        <= 0xffff => $"\\u{rune.Value:x4}",
        _ => $"\\U{rune.Value:x8}",
    };

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
