using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace Sync.Templates.ScribanText;

/// <summary>The environment as an object: <c>env.HOME</c>.</summary>
internal sealed class EnvironmentObject(TemplateHost host) : ScriptObject
{
    /// <inheritdoc/>
    public override bool TryGetValue(TemplateContext? context, SourceSpan span, string member, out object? value)
    {
        value = host.EnvironmentVariable(member);
        return value is not null;
    }
}
