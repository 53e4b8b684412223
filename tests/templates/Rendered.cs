using System.Text;
using Sync.Templates.Keys;

namespace Sync.Templates.Tests;

/// <summary>Short ways to render in a test.</summary>
internal static class Rendered
{
    public static TemplateHost Host { get; } = new() { Clock = TimeProvider.System };

    public static KeySnapshot KeysOf(params (string Path, string Value)[] entries) =>
        KeySnapshot.Of(entries.Select(entry => KeyEntry.FromText(entry.Path, entry.Value)));

    public static RenderResult Render(
        TemplateLanguage language, string text, KeySnapshot? keys = null, TemplateOptions? options = null, TemplateHost? host = null) =>
        ParsedOf(language, text, options).Render(
            new RenderInput { Keys = keys ?? KeySnapshot.Empty, Host = host ?? Host }, CancellationToken.None);

    public static Template ParsedOf(TemplateLanguage language, string text, TemplateOptions? options = null)
    {
        var parsed = Template.Parse("t", Encoding.UTF8.GetBytes(text), language, options ?? new TemplateOptions());
        parsed.Diagnostics.Should().BeEmpty();
        return parsed.Template!;
    }

    public static string Text(this RenderResult result)
    {
        result.Error.Should().BeNull();
        return Encoding.UTF8.GetString(result.Output.Span);
    }
}
