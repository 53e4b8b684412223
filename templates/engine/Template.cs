using Sync.Templates.Functions;
using Sync.Templates.GoText;
using Sync.Templates.ScribanText;

namespace Sync.Templates;

/// <summary>
/// A parsed template. Immutable; any number of threads may render it at once.
/// </summary>
public abstract class Template
{
    private protected Template(string name) => Name = name;

    /// <summary>The name the template was parsed under; error texts carry it.</summary>
    public string Name { get; }

    /// <summary>Parses the text of a template.</summary>
    /// <param name="name">What error texts call the template, normally its file name without the folder.</param>
    /// <param name="text">The source, normally UTF-8; bytes that are not UTF-8 are kept.</param>
    /// <param name="language">The language of the text.</param>
    /// <param name="options">How to parse and render it.</param>
    /// <returns>The template, or everything that is wrong with the text. Never throws for what the text says.</returns>
    public static ParseResult Parse(
        string name, ReadOnlyMemory<byte> text, TemplateLanguage language, TemplateOptions options)
    {
        var functions = FunctionTable.For(options);
        return language switch
        {
            TemplateLanguage.Go => GoTemplate.Parse(name, text, options, functions),
            TemplateLanguage.Scriban => ScribanTemplate.Parse(name, text, options, functions),
        };
    }

    /// <summary>Renders the template.</summary>
    /// <param name="input">Keys, data and the world outside.</param>
    /// <param name="cancellation">Ends the render early; the result then carries an error.</param>
    /// <returns>The output, or what had been written and the error that stopped it. Never throws for what the
    /// template does.</returns>
    public abstract RenderResult Render(RenderInput input, CancellationToken cancellation);
}
