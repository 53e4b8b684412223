using Sync.Templates.Values;

namespace Sync.Templates;

/// <summary>The value that a template's dot starts with.</summary>
public sealed class TemplateData
{
    internal TemplateData(Value value) => Value = value;

    /// <summary>No data: every field of the dot is absent.</summary>
    public static TemplateData Nil { get; } = new(default);

    internal Value Value { get; }
}
