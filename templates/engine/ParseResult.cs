using System.Diagnostics.CodeAnalysis;
using Sync.Templates.Diagnostics;

namespace Sync.Templates;

/// <summary>A parsed template, or everything that is wrong with its text.</summary>
public sealed class ParseResult
{
    internal ParseResult(Template template) => Template = template;

    internal ParseResult(IReadOnlyList<Diagnostic> diagnostics) => Diagnostics = diagnostics;

    /// <summary>The template; null when the text has faults.</summary>
    public Template? Template { get; }

    /// <summary>The faults in source order; empty when the text is right. Go reports the first fault only.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = [];

    /// <summary>Whether the text parsed.</summary>
    [MemberNotNullWhen(true, nameof(Template))]
    public bool IsValid => Template is not null;
}
