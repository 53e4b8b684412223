using Sync.Templates.Keys;

namespace Sync.Templates;

/// <summary>What one render works on.</summary>
public sealed record RenderInput
{
    /// <summary>The keys and values behind <c>get</c>, <c>getv</c>, <c>ls</c> and their kin.</summary>
    public KeySnapshot Keys { get; init; } = KeySnapshot.Empty;

    /// <summary>The template's dot. Default nil, as confd has it.</summary>
    public TemplateData Data { get; init; } = TemplateData.Nil;

    /// <summary>What the functions see of the world outside.</summary>
    public required TemplateHost Host { get; init; }
}
