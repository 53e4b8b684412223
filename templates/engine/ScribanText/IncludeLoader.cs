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
    public string Load(TemplateContext context, SourceSpan callerSpan, string templatePath)
    {
        ReadOnlyMemory<byte>? text;
        try
        {
            text = host.ReadTemplate(templatePath);
        }
        catch (Exception failure) when (failure is not ScriptRuntimeException)
        {
            // Scriban would say no more than that something failed.
            throw new ScriptRuntimeException(callerSpan, $"include {templatePath}: {failure.Message}", failure);
        }

        return text is { } found
            ? NumberLimit.Checked(ByteText.Decode(found.Span), templatePath)
            : throw new ScriptRuntimeException(callerSpan, $"include {templatePath}: no such template");
    }

    /// <inheritdoc/>
    public ValueTask<string?> LoadAsync(TemplateContext context, SourceSpan callerSpan, string templatePath) =>
        new(Load(context, callerSpan, templatePath));
}
