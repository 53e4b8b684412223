using System.Text;
using System.Text.Json;
using Sync.Templates.Formatting;
using Sync.Templates.GoText;
using Sync.Templates.Keys;

namespace Sync.Templates.Tests.Recorded;

/// <summary>One case of gotemplate.jsonl.</summary>
internal static class RecordedTemplate
{
    /// <summary>Runs a case; null when it went as recorded, else what was different.</summary>
    /// <param name="recorded">The case.</param>
    /// <param name="shared">The values and stores that it may refer to.</param>
    public static string? Difference(JsonElement recorded, JsonElement shared)
    {
        var expected = new Outcome(
            Corpus.Text(recorded, "stage"), ShowText(Corpus.Bytes(recorded, "error")), Show(Corpus.Bytes(recorded, "output")));
        var actual = Run(recorded, shared);
        return actual == expected ? null
            : $"{Corpus.Text(recorded, "name")}: {Show(Corpus.Bytes(recorded, "template"))}\n  expected {expected}\n  actual   {actual}";
    }

    private static Outcome Run(JsonElement recorded, JsonElement shared)
    {
        var parsed = GoTemplate.Parse(Corpus.Text(recorded, "file") ?? "t.tmpl", Corpus.Bytes(recorded, "template"),
            Options(recorded), TestFunctions.Table);
        if (!parsed.IsValid)
        {
            return new Outcome("parse", ShowText(ByteText.Encode(parsed.Diagnostics[0].Text)), "");
        }

        var input = new RenderInput
        {
            Host = new TemplateHost { Clock = TimeProvider.System },
            Keys = KeySnapshot.Of(Keys(recorded, shared)),
            Data = new TemplateDot(RecordedValue.Read(Data(recorded, shared))),
        };
        var result = parsed.Template.Render(input, CancellationToken.None);
        return new Outcome(result.Succeeded ? null : "exec", ShowText(result.Error is { } error ? ByteText.Encode(error.Text) : null), Show(result.Output.ToArray()));
    }

    private static TemplateOptions Options(JsonElement recorded)
    {
        var options = new TemplateOptions();
        if (recorded.TryGetProperty("delims", out var delimiters))
        {
            options = options with
            {
                LeftDelimiter = delimiters[0].GetString() ?? "",
                RightDelimiter = delimiters[1].GetString() ?? "",
            };
        }

        if (recorded.TryGetProperty("templates", out var templates))
        {
            options = options with
            {
                Associated = [.. templates.EnumerateArray().Select(template => new AssociatedTemplate(
                    template[0].GetString() ?? "", Encoding.UTF8.GetBytes(template[1].GetString() ?? "")))],
            };
        }

        return recorded.TryGetProperty("options", out var names)
            ? options with { MissingKey = names.EnumerateArray().Select(name => MissingKeyOf(name.GetString())).Last() }
            : options;
    }

    private static MissingKey MissingKeyOf(string? option) => option switch
    {
        "missingkey=default" or "missingkey=invalid" => MissingKey.Default,
        "missingkey=zero" => MissingKey.Zero,
        "missingkey=error" => MissingKey.Error,
        _ => throw new FormatException($"unknown option {option}"),
    };

    private static JsonElement Data(JsonElement recorded, JsonElement shared) =>
        recorded.TryGetProperty("data", out var data) ? data
            : Corpus.Text(recorded, "data_ref") is { } name ? shared.GetProperty("data").GetProperty(name)
            : default;

    private static IEnumerable<KeyValuePair<string, string>> Keys(JsonElement recorded, JsonElement shared)
    {
        var store = recorded.TryGetProperty("store", out var own) ? own
            : Corpus.Text(recorded, "store_ref") is { } name ? shared.GetProperty("store").GetProperty(name)
            : default;
        return store.ValueKind != JsonValueKind.Object ? []
            : store.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetString() ?? ""));
    }

    // One character a byte, so that texts that are not UTF-8 are compared exactly.
    private static string Show(byte[]? bytes) => Encoding.Latin1.GetString(bytes ?? []);

    private static string? ShowText(byte[]? bytes) => bytes is null ? null : Encoding.Latin1.GetString(bytes);

    private sealed record Outcome(string? Stage, string? Error, string Output);
}
