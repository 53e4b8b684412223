using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;
using Scriban.Syntax;
using Sync.Templates.Formatting;

namespace Sync.Templates.ScribanText;

/// <summary>Loads included templates, from below the template root only.</summary>
internal sealed class IncludeLoader(TemplateHost host) : ITemplateLoader
{
    /// <inheritdoc/>
    public string GetPath(TemplateContext context, SourceSpan callerSpan, string templateName) =>
        TemplatePath.IsConfined(templateName)
            ? templateName
            : throw new ScriptRuntimeException(callerSpan, $"include path \"{templateName}\" is outside the template directory");

    /// <inheritdoc/>
    public string Load(TemplateContext context, SourceSpan callerSpan, string templatePath) =>
        host.ReadTemplate(templatePath) is { } text
            ? ByteText.Decode(text.Span)
            : throw new ScriptRuntimeException(callerSpan, $"include {templatePath}: no such template");

    /// <inheritdoc/>
    public ValueTask<string?> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath) =>
        new(Load(context, callerSpan, templatePath));
}
