using System.Text;

namespace Sync.Store.Ctl.Printing;

/// <summary>A table with a frame: titles centred, cells to the right.</summary>
internal static class FramedTable
{
    /// <summary>Draws a table.</summary>
    /// <param name="titles">The columns' titles.</param>
    /// <param name="rows">As many cells each as there are titles.</param>
    /// <returns>Lines, each with its end.</returns>
    public static string Draw(IReadOnlyList<string> titles, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var widths = titles.Select((title, column) =>
            rows.Select(row => row[column].Length).Append(title.Length).Max()).ToList();
        var frame = "+" + string.Concat(widths.Select(width => new string('-', width + 2) + "+")) + "\n";
        var text = new StringBuilder(frame);
        text.Append(Line(titles.Select((title, column) => Centred(title, widths[column])))).Append(frame);
        foreach (var row in rows)
        {
            text.Append(Line(row.Select((cell, column) => cell.PadLeft(widths[column]))));
        }

        return text.Append(frame).ToString();
    }

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |\n";

    private static string Centred(string text, int width) =>
        text.PadLeft(text.Length + (width - text.Length) / 2).PadRight(width);
}
