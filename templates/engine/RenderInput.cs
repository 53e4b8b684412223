using Sync.Templates.Keys;

namespace Sync.Templates;

/// <summary>What one render works on.</summary>
public sealed record RenderInput
{
    /// <summary>The keys and values behind <c>get</c>, <c>getv</c>, <c>ls</c> and their kin.</summary>
    public KeySnapshot Keys { get; init; } = KeySnapshot.Empty;

    /// <summary>The template's dot. Default nil, as confd has it.</summary>
    public TemplateDot Data { get; init; } = TemplateDot.Nil;

    /// <summary>The resource that is rendered, for Scriban's <c>resource</c>.</summary>
    public ResourceNames? Resource { get; init; }

    /// <summary>What the functions see of the world outside.</summary>
    public required TemplateHost Host { get; init; }
}

/// <summary>What a Scriban template may know of its resource.</summary>
/// <param name="Source">The template's path as the resource names it.</param>
/// <param name="Destination">The file that is written.</param>
/// <param name="Prefix">The key prefix.</param>
public sealed record ResourceNames(string Source, string Destination, string Prefix);
