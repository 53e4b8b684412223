namespace Sync.Confd.Plan.Resources;

/// <summary>One sentence about a file that an operator wrote: where, what, and what to do about it.</summary>
/// <param name="File">The file as the operator knows it.</param>
/// <param name="Line">The line, from 1; 0 when the file as a whole is meant.</param>
/// <param name="Field">The key that is meant; empty when none is.</param>
/// <param name="Message">What is wrong, with the remedy.</param>
/// <param name="IsError">Whether the resource cannot be used; else it is a warning.</param>
public sealed record Diagnostic(string File, int Line, string Field, string Message, bool IsError)
{
    /// <summary>A fault that keeps the resource from being used.</summary>
    public static Diagnostic Error(string file, int line, string field, string message) =>
        new(file, line, field, message, IsError: true);

    /// <summary>Something odd that does not keep the resource from being used.</summary>
    public static Diagnostic Warning(string file, int line, string field, string message) =>
        new(file, line, field, message, IsError: false);

    /// <summary><c>file:line: field: message</c>, without the parts that are empty.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}" : File;
        return Field.Length > 0 ? $"{place}: {Field}: {Message}" : $"{place}: {Message}";
    }
}
