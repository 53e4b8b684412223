using Sync.Templates.Diagnostics;

namespace Sync.Templates.Translation;

/// <summary>A Go template as Scriban, or everything in it that has no counterpart there.</summary>
public sealed class ConversionResult
{
    internal ConversionResult(ReadOnlyMemory<byte> text, IReadOnlyList<Diagnostic> diagnostics)
    {
        Text = text;
        Diagnostics = diagnostics;
    }

    /// <summary>The Scriban template; of no use when there are diagnostics.</summary>
    public ReadOnlyMemory<byte> Text { get; }

    /// <summary>What could not be converted, in source order; empty when everything could.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>Whether the whole template was converted.</summary>
    public bool Succeeded => Diagnostics.Count == 0;
}
