using Sync.Templates.Values;

namespace Sync.Templates;

/// <summary>The value that a template's dot starts with.</summary>
public sealed class TemplateDot
{
    internal TemplateDot(Value value) => Value = value;

    /// <summary>No data: every field of the dot is absent.</summary>
    public static TemplateDot Nil { get; } = new(default);

    internal Value Value { get; }
}
