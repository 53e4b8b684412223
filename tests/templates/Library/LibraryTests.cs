using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sync.Templates.Keys;

namespace Sync.Templates.Tests.Library;

/// <summary>Each ready-made pair, rendered with its sample keys.</summary>
public sealed partial class LibraryTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "library");

    public static TheoryData<string> Applications =>
        [.. Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Applications))]
    public void A_pair_renders_its_sample_keys_to_its_golden_file(string application)
    {
        var (source, _) = Resource(application);
        var golden = Directory.GetFiles(Path.Combine(Root, application, "sample"), "*.golden").Single();

        var result = Render(application, source);

        result.Error.Should().BeNull();
        // SYNC_REWRITE_GOLDEN names the library's source folder; the files there are then written anew.
        if (Environment.GetEnvironmentVariable("SYNC_REWRITE_GOLDEN") is { Length: > 0 } folder)
        {
            File.WriteAllBytes(Path.Combine(folder, application, "sample", Path.GetFileName(golden)), result.Output.ToArray());
        }

        Encoding.UTF8.GetString(result.Output.Span).Should().Be(File.ReadAllText(golden));
    }

    [Theory]
    [MemberData(nameof(Applications))]
    public void A_resource_watches_all_that_its_template_reads(string application)
    {
        var (source, keys) = Resource(application);

        var result = Render(application, source);

        result.KeysRead.Should().OnlyContain(read => keys.Exists(key => read.Pattern.StartsWith(key + "/", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Applications))]
    public void A_pair_renders_without_any_keys(string application)
    {
        var (source, _) = Resource(application);

        var result = Render(application, source, KeySnapshot.Empty);

        result.Error.Should().BeNull();
    }

    private static RenderResult Render(string application, string source, KeySnapshot? keys = null)
    {
        var text = File.ReadAllBytes(Path.Combine(Root, application, "templates", source));
        var language = source.EndsWith(".sbn", StringComparison.Ordinal) ? TemplateLanguage.Scriban : TemplateLanguage.Go;
        var parsed = Template.Parse(source, text, language, new TemplateOptions());
        parsed.Diagnostics.Should().BeEmpty();
        return parsed.Template!.Render(
            new RenderInput { Keys = keys ?? SampleKeys(application), Host = Rendered.Host }, CancellationToken.None);
    }

    private static KeySnapshot SampleKeys(string application)
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Root, application, "sample", "keys.json")));
        return KeySnapshot.Of([.. sample.RootElement.EnumerateObject()
            .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetString() ?? ""))]);
    }

    private static (string Source, List<string> Keys) Resource(string application)
    {
        var text = File.ReadAllText(Directory.GetFiles(Path.Combine(Root, application, "conf.d"), "*.toml").Single());
        var keys = KeysPattern().Match(text).Groups[1].Value.Split(',');
        return (SourcePattern().Match(text).Groups[1].Value, [.. keys.Select(key => key.Trim(' ', '"'))]);
    }

    [GeneratedRegex("""^src = "(.*)"$""", RegexOptions.Multiline)]
    private static partial Regex SourcePattern();

    [GeneratedRegex("""^keys = \[(.*)\]$""", RegexOptions.Multiline)]
    private static partial Regex KeysPattern();
}
