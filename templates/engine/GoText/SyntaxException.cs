namespace Sync.Templates.GoText;

/// <summary>The first fault of a template's text. The parse turns it into a diagnostic.</summary>
internal sealed class SyntaxException(int line, int column, string message) : Exception(message)
{
    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column in bytes, from 1.</summary>
    public int Column { get; } = column;
}
