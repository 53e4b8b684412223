using System.Globalization;
using System.Text;
using Sync.Templates.Diagnostics;

namespace Sync.Confd.Authoring;

/// <summary>A template's error for its author: what the language says, the place, the line with a caret, and the key.</summary>
internal static class FaultText
{
    private const int LineCharactersMax = 160;

    /// <summary>Words an error.</summary>
    /// <param name="fault">The error.</param>
    /// <param name="path">The template's path.</param>
    /// <param name="source">The template.</param>
    /// <param name="key">The key that the failing action asked for; null when it asked for none.</param>
    public static string Of(Diagnostic fault, string path, ReadOnlySpan<byte> source, string? key)
    {
        var text = new StringBuilder(fault.Text);
        var isHere = fault.File == Path.GetFileName(path);
        var place = isHere ? path : fault.File;
        if (fault.Line > 0)
        {
            var column = fault.Column > 0 ? string.Create(CultureInfo.InvariantCulture, $":{fault.Column}") : "";
            text.Append(CultureInfo.InvariantCulture, $"\n  --> {place}:{fault.Line}{column}");
        }

        if (isHere && fault.Line > 0)
        {
            AppendExcerpt(text, fault, source);
        }

        return (key is null ? text : text.Append("\n  key: ").Append(key)).ToString();
    }

    private static void AppendExcerpt(StringBuilder text, Diagnostic fault, ReadOnlySpan<byte> source)
    {
        for (var number = 1; number < fault.Line; number++)
        {
            source = source[(source.IndexOf((byte)'\n') + 1)..];
        }

        var end = source.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(end < 0 ? source : source[..end]).TrimEnd('\r');
        var caret = Math.Min(Math.Max(fault.Column - 1, 0), source.Length);
        var before = Encoding.UTF8.GetString(source[..caret]);

        // Of a very long line the part around the caret.
        var start = before.Length > LineCharactersMax / 2 ? before.Length - (LineCharactersMax / 2) : 0;
        var shown = line[Math.Min(start, line.Length)..];
        shown = shown.Length > LineCharactersMax ? shown[..LineCharactersMax] : shown;
        var margin = fault.Line.ToString(CultureInfo.InvariantCulture);
        text.Append(CultureInfo.InvariantCulture, $"\n{margin} | {shown}");
        if (fault.Column > 0)
        {
            // Tabs stay tabs, so that the caret stands below its character.
            var indent = string.Concat(before[Math.Min(start, before.Length)..].Select(symbol => symbol == '\t' ? '\t' : ' '));
            text.Append(CultureInfo.InvariantCulture, $"\n{new string(' ', margin.Length)} | {indent}^");
        }
    }
}
