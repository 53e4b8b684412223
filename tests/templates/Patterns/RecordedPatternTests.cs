using System.Text;
using System.Text.Json;
using Sync.Templates.Keys;
using Sync.Templates.Tests.Recorded;
using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Patterns;

/// <summary>Every regular expression recorded from Go.</summary>
public sealed class RecordedPatternTests
{
    [Fact]
    public void Patterns_match_find_and_replace_as_in_Go()
    {
        var template = ParsedOf(TemplateLanguage.Go,
            "{{regexMatch (getv \"/p\") (getv \"/t\")}}|{{regexFind (getv \"/p\") (getv \"/t\")}}|{{regexReplaceAll (getv \"/p\") (getv \"/t\") (getv \"/r\")}}");

        var differences = Corpus.Patterns.Select(recorded => Difference(template, recorded)).OfType<string>().ToList();

        differences.Should().BeEmpty("{0} of {1} cases pass", Corpus.Patterns.Count - differences.Count, Corpus.Patterns.Count);
    }

    private static string? Difference(Template template, JsonElement recorded)
    {
        byte[] Bytes(string name) => Corpus.Bytes(recorded, name) ?? [];
        var keys = KeySnapshot.Of(
        [
            new KeyEntry("/p"u8.ToArray(), Bytes("pattern")), new KeyEntry("/t"u8.ToArray(), Bytes("text")),
            new KeyEntry("/r"u8.ToArray(), Bytes("replacement")),
        ]);

        var result = template.Render(new RenderInput { Keys = keys, Host = Host }, CancellationToken.None);

        var actual = result.Error is { } error ? error.Message : Encoding.Latin1.GetString(result.Output.Span);
        var expected = Corpus.Text(recorded, "error") is { } refusal ? $"error calling regexMatch: {refusal}"
            : Encoding.Latin1.GetString(
                [.. recorded.GetProperty("match").GetBoolean() ? "true|"u8 : "false|"u8, .. Bytes("find"), (byte)'|', .. Bytes("replaced")]);
        return actual == expected ? null : $"{recorded}\n  actual {actual}";
    }
}
