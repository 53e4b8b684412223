namespace Sync.Templates.Translation;

/// <summary>A stretch of a Go template's source: text, an action or a comment.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Start">The first byte, delimiter included.</param>
/// <param name="End">The byte behind the last, delimiter included.</param>
/// <param name="InnerStart">The first byte behind the delimiter and its trim marker.</param>
/// <param name="InnerEnd">The byte behind the last before the trim marker and the delimiter.</param>
/// <param name="TrimsLeft">Whether white space before it is taken away.</param>
/// <param name="TrimsRight">Whether white space behind it is taken away.</param>
internal readonly record struct SourceSegment(
    SegmentKind Kind, int Start, int End, int InnerStart, int InnerEnd, bool TrimsLeft, bool TrimsRight)
{
    /// <summary>Cuts a source that parses into its segments.</summary>
    public static List<SourceSegment> Cut(ReadOnlySpan<byte> source, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var segments = new List<SourceSegment>();
        for (var position = 0; position < source.Length;)
        {
            var found = source[position..].IndexOf(left);
            if (found != 0)
            {
                var end = found < 0 ? source.Length : position + found;
                segments.Add(new(SegmentKind.Text, position, end, position, end, TrimsLeft: false, TrimsRight: false));
                position = end;
                continue;
            }

            segments.Add(Action(source, position, left.Length, right));
            position = segments[^1].End;
        }

        return segments;
    }

    private static SourceSegment Action(ReadOnlySpan<byte> source, int start, int leftLength, ReadOnlySpan<byte> right)
    {
        var inner = start + leftLength;
        var trimsLeft = inner + 1 < source.Length && source[inner] == '-' && IsSpace(source[inner + 1]);
        inner += trimsLeft ? 2 : 0;
        var isComment = source[inner..].StartsWith("/*"u8);
        var close = isComment
            ? inner + source[inner..].IndexOf("*/"u8) + 2
            : ClosingDelimiter(source, inner, right);
        close += source[close..].IndexOf(right);
        var trimsRight = close - 2 >= inner && source[close - 1] == '-' && IsSpace(source[close - 2]);
        return new(isComment ? SegmentKind.Comment : SegmentKind.Action, start, close + right.Length, inner,
            trimsRight ? close - 2 : close, trimsLeft, trimsRight);
    }

    // Delimiters inside quotes are none.
    private static int ClosingDelimiter(ReadOnlySpan<byte> source, int position, ReadOnlySpan<byte> right)
    {
        while (position < source.Length && !source[position..].StartsWith(right))
        {
            var quote = source[position++];
            if (quote is not ((byte)'"' or (byte)'\'' or (byte)'`'))
            {
                continue;
            }

            while (position < source.Length && source[position] != quote)
            {
                position += source[position] == '\\' && quote != '`' ? 2 : 1;
            }

            position++;
        }

        return Math.Min(position, source.Length);
    }

    private static bool IsSpace(byte symbol) => symbol is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}

/// <summary>What a segment is.</summary>
internal enum SegmentKind
{
    /// <summary>Text outside actions.</summary>
    Text,

    /// <summary>An action.</summary>
    Action,

    /// <summary>A comment.</summary>
    Comment,
}
