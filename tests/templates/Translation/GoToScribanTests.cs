using System.Text;
using CsCheck;
using Sync.Templates.Keys;
using Sync.Templates.Tests.Limits;
using Sync.Templates.Tests.Recorded;
using Sync.Templates.Translation;
using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Translation;

public sealed class GoToScribanTests
{
    private static readonly TemplateOptions Options = new() { ScribanReachesOutside = true };

    private static readonly KeySnapshot Keys = KeysOf(
        ("/app/name", "web"), ("/app/port", "8080"), ("/app/empty", ""), ("/up/a", "10.0.0.1:80"), ("/up/b", "10.0.0.2:80"),
        ("/json", """{"host": "h", "list": [1, 2, 3], "on": true, "m": {"k": "v"}}"""));

    [Theory]
    [InlineData("{{getv \"/app/name\"}}", "{{ getv \"/app/name\" }}")]
    [InlineData("{{range gets \"/up/*\"}}{{base .Key}}={{.Value}};{{end}}", "{{ for item in (gets \"/up/*\") }}{{ base item.key }}={{ item.value }};{{ end }}")]
    [InlineData("{{range $i, $u := gets \"/up/*\"}}{{$i}}{{$u.Value}}{{else}}none{{end}}", "{{ for u in (gets \"/up/*\"); i = for.index }}{{ i }}{{ u.value }}{{ else }}none{{ end }}")]
    [InlineData("{{range gets \"/gone/*\"}}x{{else}}none{{end}}", "{{ for item in (gets \"/gone/*\") }}x{{ else }}none{{ end }}")]
    [InlineData("{{if exists \"/app/name\"}}a{{else if getv \"/app/empty\"}}b{{else}}c{{end}}", "{{ if exists \"/app/name\" }}a{{ else if !(empty (getv \"/app/empty\")) }}b{{ else }}c{{ end }}")]
    [InlineData("{{with getv \"/app/name\"}}<{{.}}>{{end}}", "{{ item = getv \"/app/name\"; if !(empty item) }}<{{ item }}>{{ end }}")]
    [InlineData("{{$x := getv \"/app/name\"}}{{if eq $x \"web\" \"api\"}}{{$x}}{{end}}", "{{ x = getv \"/app/name\" }}{{ if x == \"web\" || x == \"api\" }}{{ x }}{{ end }}")]
    [InlineData("{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "{{ x = 1 }}{{ if true }}{{ x_2 = 2 }}{{ x_2 }}{{ end }}{{ x }}")]
    [InlineData("a \n {{- /* hi */ -}} \n b {{- \"c\" -}} d", "a \n {{- ## hi ## -}} \n b {{- \"c\" -}} d")]
    [InlineData("{{\"/x/y\" | base | printf \"%s-%d\" \"p\" 5}}", null)]
    [InlineData("{{define \"row\"}}[{{.}}]{{end}}{{range ls \"/up\"}}{{template \"row\" .}}{{end}}", "{{ func render_row(dot) }}[{{ dot }}]{{ end\n}}{{ for item in (ls \"/up\") }}{{ render_row item }}{{ end }}")]
    [InlineData("{{$d := json (getv \"/json\")}}{{$d.host}} {{$d.m.k}} {{range $d.list}}{{.}},{{end}}{{range $k, $v := $d.m}}{{$k}}{{$v}}{{end}}", null)]
    [InlineData("{{$d := json (getv \"/json\")}}{{if $d.gone}}a{{end}}{{with $d.host}}{{.}}{{end}}{{with $x := $d.no}}{{$x}}{{else}}-{{end}}{{or $d.none \"n\"}}{{if and $d.on $d.off}}b{{end}}{{if not $d.m.z}}c{{end}}{{range $d.nil}}d{{else}}e{{end}}{{$d.x | default 5}}{{$d.m.k}}",
        "{{ d = json (getv \"/json\") }}{{ if !(empty (dig \"gone\" null d)) }}a{{ end }}{{ item = dig \"host\" null d; if !(empty item) }}{{ item }}{{ end }}{{ x = dig \"no\" null d; if !(empty x) }}{{ x }}{{ else }}-{{ end }}{{ (!(empty (dig \"none\" null d))) ? (dig \"none\" null d) : \"n\" }}{{ if !(empty ((!(empty (dig \"on\" null d))) ? (dig \"off\" null d) : (dig \"on\" null d))) }}b{{ end }}{{ if !(!(empty (dig \"z\" null d.m))) }}c{{ end }}{{ for pair in (pairs (dig \"nil\" null d)) }}d{{ else }}e{{ end }}{{ default 5 (dig \"x\" null d) }}{{ d.m.k }}")]
    [InlineData("{{ls \"/up\"}} {{and (exists \"/app/name\") (eq (getv \"/app/port\") \"8080\")}} {{or (getv \"/app/empty\") \"d\"}} {{not true}}", null)]
    [InlineData("{{(get \"/app/name\").Value}} {{index (split \"a b\" \" \") 1}} {{len (getvs \"/up/*\")}} {{add 1 -2}} {{html \"<\"}} {{getenv \"NO\" \"d\"}}", null)]
    [InlineData("x {{- block \"b\" (getv \"/app/name\") -}} <{{.}}> {{- end -}} y", null)]
    [InlineData("{{range seq 1 5}}{{if eq . 2}}{{continue}}{{end}}{{if gt . 3}}{{break}}{{end}}{{.}}{{end}}", null)]
    [InlineData("{{range $i, $v := ls \"/up\"}}{{$v}}{{end}}{{range $i, $v := gets \"/up/*\"}}{{$v.Key}}{{end}}", null)]
    [InlineData("{{range $i, $v := ls \"/up\"}}{{range ls \"/up\"}}{{$v = \"x\"}}{{end}}{{$v}}{{.}}{{end}}", null)]
    [InlineData("{{with $v := \"a\"}}{{$v = \"b\"}}{{.}}{{$v}}{{end}}", "{{ item = \"a\"; v = item; if !(empty item) }}{{ v = \"b\" }}{{ item }}{{ v }}{{ end }}")]
    [InlineData("{{$key := \"a\\\"b\\n\"}}{{$key}}{{printf \"%q\" $key}}{%{ {{`raw\\n`}}", null)]
    public void A_converted_template_renders_the_same(string go, string? scriban)
    {
        var converted = GoToScriban.Convert("t", Encoding.UTF8.GetBytes(go), Options);

        converted.Diagnostics.Should().BeEmpty();
        var text = Encoding.UTF8.GetString(converted.Text.Span);
        text.Should().Be(scriban ?? text);
        Render(TemplateLanguage.Scriban, text, Keys, Options).Text().Should().Be(Render(TemplateLanguage.Go, go, Keys).Text());
    }

    [Theory]
    [InlineData("a\n {{datetime.Format \"2006\"}}", 2, 4, "datetime has no counterpart in Scriban that does the same")]
    [InlineData("{{1i}}", 1, 3, "Scriban has no complex numbers")]
    [InlineData("{{include \"x\"}}", 1, 3, "include has no counterpart in Scriban that does the same")]
    [InlineData("{{if 1}}{{else if $x := 2}}{{$x}}{{end}}", 1, 19, "a branch of else that sets a variable or the dot; write it as an if inside the else")]
    public void What_has_no_counterpart_is_told_with_its_place(string go, int line, int column, string message)
    {
        var converted = GoToScriban.Convert("t", Encoding.UTF8.GetBytes(go), Options);

        converted.Succeeded.Should().BeFalse();
        converted.Diagnostics[0].Should().Be(new Sync.Templates.Diagnostics.Diagnostic("t", line, column, message, $"t:{line}:{column}: {message}"));
    }

    [Fact]
    public void A_random_template_renders_the_same_when_it_is_converted() => Gen.Int.Sample(seed =>
    {
        var go = RandomTemplate.Of(seed);
        var expected = Render(TemplateLanguage.Go, go, Keys);
        expected.Error.Should().BeNull("of {0}", go);

        var converted = GoToScriban.Convert("t", Encoding.UTF8.GetBytes(go), Options);

        converted.Diagnostics.Should().BeEmpty("of {0}", go);
        var scriban = Encoding.UTF8.GetString(converted.Text.Span);
        var parsed = Template.Parse("t", converted.Text, TemplateLanguage.Scriban, Options);
        parsed.Diagnostics.Should().BeEmpty("{0} became {1}", go, scriban);
        var actual = parsed.Template!.Render(new RenderInput { Keys = Keys, Host = Host }, CancellationToken.None);
        actual.Error.Should().BeNull("{0} became {1}", go, scriban);
        Encoding.UTF8.GetString(actual.Output.Span).Should().Be(
            Encoding.UTF8.GetString(expected.Output.Span), "{0} became {1}", go, scriban);
    }, time: FuzzDuration.Seconds);

    [Fact]
    public void A_template_that_does_not_parse_is_told_as_Go_does() =>
        GoToScriban.Convert("t", "{{if}}"u8.ToArray(), Options).Diagnostics.Should().ContainSingle()
            .Which.Text.Should().Be("template: t:1: missing value for if");

    [Fact]
    public void Whole_configurations_of_the_corpus_convert_and_mostly_render_the_same()
    {
        var cases = Corpus.Confd.Where(recorded => Corpus.Text(recorded, "output") is not null).ToList();
        var same = 0;
        foreach (var recorded in cases)
        {
            var go = Corpus.Bytes(recorded, "template")!;
            var converted = GoToScriban.Convert("t", go, Options);
            if (!converted.Succeeded)
            {
                converted.Diagnostics.Should().OnlyContain(fault => fault.Line > 0);
                continue;
            }

            var parsed = Template.Parse("t", converted.Text, TemplateLanguage.Scriban, Options);
            parsed.Diagnostics.Should().BeEmpty("{0} became {1}", Encoding.UTF8.GetString(go), Encoding.UTF8.GetString(converted.Text.Span));
            var result = parsed.Template!.Render(
                new RenderInput { Keys = RecordedBackend.Keys(recorded), Host = Host }, CancellationToken.None);
            same += result.Succeeded && result.Output.Span.SequenceEqual(Corpus.Bytes(recorded, "output")) ? 1 : 0;
        }

        same.Should().BeGreaterThan(cases.Count / 2, "of {0}", cases.Count);
    }

    [Fact]
    public void Configurations_as_users_write_them_convert_and_render_the_same()
    {
        var cases = Corpus.More.Where(recorded => Corpus.Text(recorded, "group") == "practice" && Corpus.Text(recorded, "error") is null).ToList();

        var others = cases.Where(recorded => !RendersTheSame(recorded)).Select(recorded => Corpus.Text(recorded, "file"));

        // A number of JSON that Go prints as 1.5e+06 is 1500000 in Scriban.
        cases.Count.Should().BeGreaterThan(20);
        others.Should().Equal("telegraf.conf.tmpl");
    }

    private static bool RendersTheSame(System.Text.Json.JsonElement recorded)
    {
        var keys = KeySnapshot.Of(recorded.GetProperty("store").EnumerateObject()
            .Select(entry => KeyValuePair.Create(entry.Name, entry.Value.GetString() ?? "")));
        var converted = GoToScriban.Convert("t", Corpus.Bytes(recorded, "template"), Options);
        converted.Diagnostics.Should().BeEmpty("of {0}", Corpus.Text(recorded, "file"));
        var result = Template.Parse("t", converted.Text, TemplateLanguage.Scriban, Options).Template!
            .Render(new RenderInput { Keys = keys, Host = Host }, CancellationToken.None);
        return result.Succeeded && result.Output.Span.SequenceEqual(Corpus.Bytes(recorded, "output"));
    }
}
