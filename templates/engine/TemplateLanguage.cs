namespace Sync.Templates;

/// <summary>The language that a template is written in.</summary>
public enum TemplateLanguage
{
    /// <summary>Go's text/template: same output bytes and same error texts as Go 1.19.</summary>
    Go,

    /// <summary>Scriban, with strict variables.</summary>
    Scriban,
}
