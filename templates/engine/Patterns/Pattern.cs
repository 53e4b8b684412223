using Sync.Templates.Values;

namespace Sync.Templates.Patterns;

/// <summary>A regular expression as Go has it, over bytes that normally are UTF-8.</summary>
/// <remarks>
/// Immutable. Matched in time linear in the text; no back-references, no look-around.
/// Source: Go packages regexp and regexp/syntax.
/// </remarks>
internal sealed class Pattern
{
    private readonly Instruction[] _program;

    private Pattern(Instruction[] program, IReadOnlyList<string> groups) => (_program, GroupNames) = (program, groups);

    /// <summary>The names of the groups by number, empty for those without; number 0 is the whole match.</summary>
    public IReadOnlyList<string> GroupNames { get; }

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FunctionException">It is malformed or too large.</exception>
    public static Pattern Parse(ReadOnlySpan<byte> text)
    {
        var node = PatternParser.Parse(text, out var groups);
        return new Pattern(PatternProgram.Of(node), groups);
    }

    /// <summary>Whether a text matches somewhere.</summary>
    /// <param name="text">The text.</param>
    /// <param name="check">Called every so often; throws to end the search.</param>
    public bool IsMatch(ReadOnlySpan<byte> text, Action check) => new PatternSearch(_program, 0, check).Find(text, 0) is not null;

    /// <summary>Where the first match starts and ends, or null.</summary>
    /// <param name="text">The text.</param>
    /// <param name="check">Called every so often; throws to end the search.</param>
    public (int Start, int End)? Find(ReadOnlySpan<byte> text, Action check) =>
        new PatternSearch(_program, 2, check).Find(text, 0) is { } slots ? (slots[0], slots[1]) : null;

    /// <summary>A search that also says where the groups are.</summary>
    /// <param name="check">Called every so often; throws to end the search.</param>
    public PatternSearch Search(Action check) => new(_program, 2 * GroupNames.Count, check);
}
