using System.Globalization;
using System.Text;

namespace Sync.Confd.Running;

/// <summary>The difference of two texts as <c>diff -u</c> writes it.</summary>
internal static class UnifiedDiff
{
    // Beyond this many cells the table of common lines costs more than anybody reads.
    private const long TableCellsMax = 25_000_000;

    /// <summary>Compares line by line.</summary>
    /// <param name="path">The file's name for the header.</param>
    /// <param name="former">The content that is.</param>
    /// <param name="next">The content that would be.</param>
    /// <param name="contextLines">How many equal lines to show around each difference.</param>
    /// <returns>Empty when they are equal.</returns>
    public static string Between(
        string path, ReadOnlySpan<byte> former, ReadOnlySpan<byte> next, int contextLines)
    {
        var edits = Edits(LinesOf(former), LinesOf(next));
        var text = new StringBuilder();
        for (var start = 0; start < edits.Count;)
        {
            var first = edits.FindIndex(start, edit => edit.Sign != ' ');
            if (first < 0)
            {
                break;
            }

            var end = EndOfHunk(edits, first, contextLines);
            WriteHunk(text, edits, Math.Max(start, first - contextLines), end);
            start = end;
        }

        return text.Length == 0 ? "" : $"--- {path}\n+++ {path}\n{text}";
    }

    private static int EndOfHunk(List<Edit> edits, int first, int contextLines)
    {
        var last = first;
        for (var position = first; position < edits.Count && position - last <= 2 * contextLines; position++)
        {
            last = edits[position].Sign == ' ' ? last : position;
        }

        return Math.Min(edits.Count, last + 1 + contextLines);
    }

    private static void WriteHunk(StringBuilder text, List<Edit> edits, int start, int end)
    {
        var formerStart = edits.Take(start).Count(edit => edit.Sign != '+');
        var nextStart = edits.Take(start).Count(edit => edit.Sign != '-');
        var hunk = edits[start..end];
        text.Append("@@ -").Append(RangeOf(formerStart, hunk.Count(edit => edit.Sign != '+')))
            .Append(" +").Append(RangeOf(nextStart, hunk.Count(edit => edit.Sign != '-'))).Append(" @@\n");
        foreach (var edit in hunk)
        {
            text.Append(edit.Sign).Append(edit.Line.TrimEnd('\n')).Append('\n');
            if (!edit.Line.EndsWith('\n'))
            {
                text.Append("\\ No newline at end of file\n");
            }
        }
    }

    private static string RangeOf(int start, int count) => string.Create(CultureInfo.InvariantCulture,
        $"{(count == 0 ? start : start + 1)}{(count == 1 ? "" : $",{count}")}");

    private static List<Edit> Edits(List<string> former, List<string> next)
    {
        var head = 0;
        while (head < former.Count && head < next.Count && former[head] == next[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < former.Count - head && tail < next.Count - head && former[^(tail + 1)] == next[^(tail + 1)])
        {
            tail++;
        }

        var edits = former[..head].ConvertAll(line => new Edit(' ', line));
        edits.AddRange(EditsOfMiddle(former[head..^tail], next[head..^tail]));
        edits.AddRange(former[^tail..].Select(line => new Edit(' ', line)));
        return edits;
    }

    private static IEnumerable<Edit> EditsOfMiddle(List<string> former, List<string> next)
    {
        if ((long)former.Count * next.Count > TableCellsMax)
        {
            return former.Select(line => new Edit('-', line)).Concat(next.Select(line => new Edit('+', line)));
        }

        var common = CommonLengths(former, next);
        var edits = new List<Edit>();
        var (row, column) = (0, 0);
        while (row < former.Count || column < next.Count)
        {
            if (row < former.Count && column < next.Count && former[row] == next[column])
            {
                edits.Add(new Edit(' ', former[row++]));
                column++;
            }
            else if (row < former.Count && (column == next.Count || common[row + 1, column] >= common[row, column + 1]))
            {
                edits.Add(new Edit('-', former[row++]));
            }
            else
            {
                edits.Add(new Edit('+', next[column++]));
            }
        }

        return edits;
    }

    // The number of lines in common from (row, column) to the ends.
    private static int[,] CommonLengths(List<string> former, List<string> next)
    {
        var lengths = new int[former.Count + 1, next.Count + 1];
        for (var row = former.Count - 1; row >= 0; row--)
        {
            for (var column = next.Count - 1; column >= 0; column--)
            {
                lengths[row, column] = former[row] == next[column]
                    ? lengths[row + 1, column + 1] + 1
                    : Math.Max(lengths[row + 1, column], lengths[row, column + 1]);
            }
        }

        return lengths;
    }

    private static List<string> LinesOf(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<string>();
        while (!bytes.IsEmpty)
        {
            var length = bytes.IndexOf((byte)'\n') + 1;
            length = length == 0 ? bytes.Length : length;
            lines.Add(Encoding.UTF8.GetString(bytes[..length]));
            bytes = bytes[length..];
        }

        return lines;
    }

    private readonly record struct Edit(char Sign, string Line);
}
