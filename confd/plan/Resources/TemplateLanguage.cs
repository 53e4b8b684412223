namespace Sync.Confd.Plan.Resources;

/// <summary>The language a template is written in.</summary>
public enum TemplateLanguage
{
    /// <summary>Go's text/template, the language of confd.</summary>
    Go,

    /// <summary>Scriban.</summary>
    Scriban,
}
