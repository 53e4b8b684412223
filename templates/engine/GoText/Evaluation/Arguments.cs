using Sync.Templates.GoText.Syntax;

namespace Sync.Templates.GoText.Evaluation;

/// <summary>The arguments written behind a function or method, and whether one more comes through the pipe.</summary>
/// <param name="words">The command's words: the function, then the arguments; null for none.</param>
/// <param name="hasFinal">Whether a value comes through the pipe.</param>
internal readonly struct Arguments(List<Expression>? words, bool hasFinal)
{
    /// <summary>Whether a value comes through the pipe.</summary>
    public bool HasFinal { get; } = hasFinal;

    /// <summary>The number of arguments written.</summary>
    public int Count => words is null ? 0 : words.Count - 1;

    /// <summary>Whether there are arguments of either sort.</summary>
    public bool Any => Count > 0 || HasFinal;

    /// <summary>An argument written.</summary>
    public Expression this[int index] => words is null ? throw new ArgumentOutOfRangeException(nameof(index)) : words[index + 1];
}
