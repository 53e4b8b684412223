using System.Text;
using CsCheck;
using Sync.Templates.Keys;
using Sync.Templates.Tests.Recorded;

namespace Sync.Templates.Tests.Limits;

/// <summary>Random templates: whatever they say, parse and render give a result.</summary>
public sealed class FuzzTests
{
    private static readonly TemplateOptions Tight = new()
    {
        Limits = new RenderLimits { LoopIterationsMax = 2_000, OutputBytesMax = 100_000, Duration = TimeSpan.FromSeconds(10) },
        ScribanReachesOutside = true,
    };

    private static readonly KeySnapshot Keys = Rendered.KeysOf(("/a", "1"), ("/b/c", "x"), ("/b/d", "[1, {}]"), ("/j", "{\"k\": [null, 1.5]}"));

    // Each name finds a template: of either language, of none, or one that includes itself.
    private static readonly TemplateHost Host = Rendered.Host with
    {
        EnvironmentVariable = name => name,
        FileExists = path => path.Length % 2 == 0,
        ReadFile = path => Encoding.UTF8.GetBytes(path),
        LookupAddresses = name => [name, "::1"],
        LookupServices = (service, protocol, name) => [new ServiceRecord($"{service}{protocol}{name}.", 1, 2, 3)],
        ReadTemplate = name => (name.Length % 5) switch
        {
            0 => "{{include \"a\" .}}{{ include 'a' }}"u8.ToArray(),
            1 => Encoding.UTF8.GetBytes($"{{{{include \"{name}b\"}}}}"),
            2 => "{{ getv '/a' }}{{getv \"/a\"}}"u8.ToArray(),
            3 => "{{range .}}{{.}}{{end}}"u8.ToArray(),
            _ => Encoding.UTF8.GetBytes(name),
        },
    };

    private static readonly byte[][] GoSeeds =
    [
        .. Corpus.Go.Select(recorded => Corpus.Bytes(recorded, "template") ?? []),
        .. Enum.GetValues<FunctionSet>().SelectMany(set => Sync.Templates.Functions.FunctionTable.For(set).Keys)
            .Distinct().Select(name => Encoding.UTF8.GetBytes($"{{{{{name} . \"/a\" 1 | print}}}}{{{{include \"{name}\" .}}}}")),
    ];

    private static readonly byte[][] ScribanSeeds =
    [
        .. new[]
        {
            "{{ for x in gets '/b/*' }}{{ x.key | base }}={{ x.value | to_upper }}{{ end }}",
            "{{ d = json (getv '/j') }}{{ d.k[1] + 2 }}{{ if d.k }}{{ d | object.keys }}{{ end }}",
            "{{ func f(a) }}{{ a | string.size }}{{ end }}{{ f 'x' }}{{ capture z }}q{{ end }}{{ z * 3 }}",
            "{{ case 1 }}{{ when 1, 2 }}a{{ else }}b{{ end }}{{ x = [1, 2, 3]; x[1..2] | array.join ',' }}",
            "{{~ while false ~}} {{ break }} {{ end }}{{ with {a: 1} }}{{ a }}{{ end }}{{ kv.b.c ?? 'n' }}",
            "{{ include 'ab' }}{{ include ('a' + 'bcd') }}{{ func inc(n) }}{{ include n }}{{ end }}{{ inc 'abc' }}",
            "{{ semver_compare '>1' '2.0' }}{{ (url_parse 'http://a/b').path }}{{ set {a: 1} 'b' 2 }}{{ key 'b/c' }}{{ regex_find 'a+' 'baa' }}",
            "{{ printf '%v %d %q' 1 2 'x' | string.split ' ' | reverse | join '-' }}{{ seq 1 9 | array.size }}",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly string[] Pieces =
    [
        "{{", "}}", "{{-", "-}}", "{{end}}", "{{if .}}", "{{else}}", "{{range .}}", "(", ")", "|", "$", "$x", ":=", "=", ".", ",", "\"", "`",
        "'", "/*", "*/", " ", "\n", "nil", "0x", "1e999", "9223372036854775808", "%", "%*d", "%[9]v", "\\", "\xff", "printf", "index", "[", "]",
        "for", "func", "func f", "f", "while true", "capture", "..", "**", "<<", "~", "@", "^", "??", "\0",
    ];

    [Fact]
    public void A_changed_Go_template_gives_a_result() => Fuzz(TemplateLanguage.Go, GoSeeds);

    [Fact]
    public void A_changed_Scriban_template_gives_a_result() => Fuzz(TemplateLanguage.Scriban, ScribanSeeds);

    [Fact]
    public void A_random_format_gives_a_result()
    {
        var formats = Gen.String[Gen.Char["%+-# 0123456789.*[]vTtbcdoOqxXUeEfFgGspw!é"], 0, 12];
        var parsed = Template.Parse("t",
            "{{printf . 1 -7 2.5 \"é\\xff\" true nil (map \"k\" 1) (seq 1 3) (gets \"/b/*\")}}"u8.ToArray(), TemplateLanguage.Go, Tight);

        formats.Sample(format =>
        {
            var input = new RenderInput
            {
                Keys = Keys,
                Host = Rendered.Host,
                Data = new TemplateDot(Sync.Templates.Values.Value.Of(format)),
            };
            parsed.Template!.Render(input, CancellationToken.None);
        }, time: 2);
    }

    private static void Fuzz(TemplateLanguage language, byte[][] seeds)
    {
        var changes = Gen.Select(Gen.Int[0, 400], Gen.Int[0, Pieces.Length], Gen.Int[0, 6]).Array[0, 6];

        Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Int[0, seeds.Length - 1], changes, Gen.Enum<FunctionSet>()).Sample((first, second, edits, set) =>
        {
            var text = Change([.. seeds[first], .. seeds[second]], edits);
            var parsed = Template.Parse("t", text, language, Tight with { Functions = set });
            var result = parsed.Template?.Render(new RenderInput { Keys = Keys, Host = Host }, CancellationToken.None);
            if (parsed.IsValid == (parsed.Diagnostics.Count > 0) || (result is { Succeeded: false } && result.Error.Text.Length == 0))
            {
                throw new InvalidOperationException("neither a result nor an error");
            }
        }, time: FuzzDuration.Seconds);
    }

    private static byte[] Change(List<byte> text, (int Place, int Piece, int Removed)[] edits)
    {
        foreach (var (place, piece, removed) in edits)
        {
            var start = Math.Min(place, text.Count);
            text.RemoveRange(start, Math.Min(removed, text.Count - start));
            if (piece < Pieces.Length)
            {
                text.InsertRange(start, Encoding.Latin1.GetBytes(Pieces[piece]));
            }
        }

        return [.. text];
    }
}
