namespace Sync.Templates.Diagnostics;

/// <summary>One fault of a template, found while parsing or rendering.</summary>
/// <param name="File">The name the template was parsed under.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in bytes, from 1; 0 when only the line is known.</param>
/// <param name="Message">What is wrong, one sentence without the position.</param>
/// <param name="Text">
/// The whole error as the language itself words it, position included; for a Go template exactly what Go
/// prints.
/// </param>
public sealed record Diagnostic(string File, int Line, int Column, string Message, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}
