using System.Text;
using System.Text.Json;

namespace Sync.Templates.Tests.Recorded;

/// <summary>Every case recorded from confd itself.</summary>
public sealed class ConfdCorpusTests
{
    public static TheoryData<string> Groups => [.. Corpus.GroupsOf(Corpus.Confd)];

    [Theory]
    [MemberData(nameof(Groups))]
    public void A_group_of_resources_renders_as_in_confd(string group)
    {
        var cases = Corpus.Confd.Where(recorded => Corpus.Text(recorded, "group") == group).ToList();

        var differences = cases.Select(Difference).OfType<string>().ToList();

        differences.Should().BeEmpty("{0} of {1} cases pass", cases.Count - differences.Count, cases.Count);
    }

    private static string? Difference(JsonElement recorded)
    {
        var expected = Corpus.Text(recorded, "error") is { } error ? "error " + error
            : "output " + Encoding.Latin1.GetString(Corpus.Bytes(recorded, "output") ?? []);
        var actual = Run(recorded);
        return actual == expected ? null
            : $"{Corpus.Text(recorded, "name")}: {Corpus.Text(recorded, "template")}\n  expected {expected}\n  actual   {actual}";
    }

    private static string Run(JsonElement recorded)
    {
        var parsed = Template.Parse(Corpus.Text(recorded, "src") ?? "x.tmpl", Corpus.Bytes(recorded, "template"),
            TemplateLanguage.Go, new TemplateOptions());
        if (!parsed.IsValid)
        {
            // confd's own words around what the parser says.
            return $"error Unable to process template {{templates}}/{Corpus.Text(recorded, "src") ?? "x.tmpl"}, {parsed.Diagnostics[0].Text}";
        }

        var result = parsed.Template.Render(
            new RenderInput { Keys = RecordedBackend.Keys(recorded), Host = Host(recorded) }, CancellationToken.None);
        return result.Succeeded
            ? "output " + Encoding.Latin1.GetString(result.Output.Span)
            : "error " + result.Error.Text;
    }

    private static TemplateHost Host(JsonElement recorded) => new()
    {
        Clock = TimeProvider.System,
        EnvironmentVariable = name =>
            recorded.TryGetProperty("environment", out var variables) ? Corpus.Text(variables, name) : null,
        FileExists = File.Exists,
        LookupAddresses = host => System.Net.IPAddress.TryParse(host, out _) ? [host] : [],
    };
}
