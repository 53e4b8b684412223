using System.Globalization;
using System.Text;

namespace Sync.Confd.Running;

/// <summary>Text on one line between quotes, as confd logs what a command wrote.</summary>
internal static class QuotedText
{
    /// <summary>Quotes a text; line ends, tabs, quotes and control characters are written with a backslash.</summary>
    /// <remarks>Source: Go's documentation of package <c>fmt</c>, the verb <c>%q</c>.</remarks>
    public static string Of(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            quoted.Append(character switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' or '\x7f' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)character:x2}"),
                _ => character.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
