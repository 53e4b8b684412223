using System.Text;
using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Limits;

/// <summary>Templates that try to run for ever, to fill the memory or to overflow the stack.</summary>
public sealed class HostileTemplateTests
{
    private static readonly TemplateOptions Tight = new()
    {
        Limits = new RenderLimits { LoopIterationsMax = 10_000, OutputBytesMax = 1 << 20, Duration = TimeSpan.FromSeconds(20) },
    };

    [Theory]
    [InlineData("{{range seq 1 200}}{{range seq 1 200}}{{end}}{{end}}", "limit of 10000 loop iterations")]
    [InlineData("{{range seq 1 1000000000000}}{{end}}", "limit of 10000 loop iterations")]
    [InlineData("{{range seq -9223372036854775808 9223372036854775807}}{{end}}", "limit of 10000 loop iterations")]
    [InlineData("{{$x := \"xxxxxxxxxxxxxxxx\"}}{{range seq 1 40}}{{$x = print $x $x}}{{end}}", "limit of 1048576 bytes")]
    [InlineData("{{range seq 1 9000}}{{printf \"%1000d\" 1}}{{end}}", "limit of 1048576 bytes")]
    [InlineData("{{printf \"%999999d%999999d\" 1 1}}", "limit of 1048576 bytes")]
    [InlineData("{{replace (printf \"%100000d\" 1) \" \" (printf \"%100000d\" 1) -1}}", "limit of 1048576 bytes")]
    [InlineData("{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "exceeded maximum template depth (100)")]
    [InlineData("{{$m := map \"a\" 1}}{{range seq 1 60}}{{$m = map \"a\" $m \"b\" $m}}{{end}}{{$m}}", "limit of 1048576 bytes")]
    [InlineData("{{$m := map \"a\" 1}}{{range seq 1 9000}}{{$m = map \"a\" $m}}{{end}}{{len (print $m)}}", null)]
    public void A_Go_template_ends_within_its_limits(string text, string? expected)
    {
        var result = Render(TemplateLanguage.Go, text, options: Tight);

        if (expected is not null)
        {
            result.Error!.Message.Should().Contain(expected);
        }
    }

    [Theory]
    [InlineData("{{ while true; end }}")]
    [InlineData("{{ for i in 1..200; for j in 1..200; end; end }}")]
    [InlineData("{{ func f; f; end; f }}")]
    [InlineData("{{ x = 'xxxxxxxxxxxxxxxx'; for i in 1..40; x = x + x; end; x.size }}")]
    [InlineData("{{ 'x' | string.pad_left 2000000000 }}")]
    [InlineData("{{ 'x' * 2000000000 }}")]
    [InlineData("{{ a = [1]; for i in 1..60; a = a + a; end; a.size }}")]
    [InlineData("{{ 1 << 2000000000 }}")]
    [InlineData("{{ x = 10; for i in 1..60; x = x * x; end }}")]
    [InlineData("{{ x = 10; for i in 1..60; x *= x; end; x }}")]
    [InlineData("{{ x = '1e99999999'; x | object.eval }}")]
    [InlineData("{{ '{{ 1e99999999 }}' | object.eval_template }}")]
    [InlineData("{{ '1e5000' + '0000' | object.eval }}")]
    [InlineData("{{ (1..2000000000) | array.size }}")]
    [InlineData("{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' | regex.match '(a+)+$' }}")]
    [InlineData("{{ a = {}; a.b = a; a }}")]
    [InlineData("{{ seq 1 100000000 }}")]
    [InlineData("{{ for i in 1..9000; printf '%1000d' 1; end }}")]
    [InlineData("{{ a = {}; a.b = a; to_json a }}")]
    [InlineData("{{ a = [1]; for i in 1..60; a = [a, a]; end; to_json a }}")]
    [InlineData("{{ a = {}; for i in 1..1000; a = {x: a}; end; to_json a }}")]
    [InlineData("{{ a = []; for i in 1..1000; a = [a]; end; to_json a }}")]
    [InlineData("{{ a = {}; for i in 1..9000; a = {x: a}; end; for i in 1..9000; a = {x: a}; end; to_json a }}")]
    [InlineData("{{ regex_match '((a{500}){500}){500}' 'a' }}")]
    public void A_Scriban_template_ends_within_its_limits(string text)
    {
        var result = Render(TemplateLanguage.Scriban, text, options: Tight);

        result.Succeeded.Should().BeFalse();
        result.Error!.Message.Should().NotBeEmpty();
    }

    [Theory]
    [InlineData("a\n{{ 1e99999999 }}", 2, 4)]
    [InlineData("{{ x = 1E+10000 }}", 1, 8)]
    [InlineData("{{ 1e99999999999999999999 }}", 1, 4)]
    [InlineData("{{ 1e9223372036854775807 }}", 1, 4)]
    [InlineData("{{ $'{ 1e10001 }' }}", 1, 8)]
    public void A_number_with_too_many_digits_is_refused_where_it_stands(string text, int line, int column)
    {
        var parsed = Template.Parse("t", Encoding.UTF8.GetBytes(text), TemplateLanguage.Scriban, Tight);

        var fault = parsed.Diagnostics.Should().ContainSingle().Which;
        fault.Message.Should().Be("a whole number has more than 10000 digits");
        (fault.Line, fault.Column).Should().Be((line, column));
    }

    [Fact]
    public void An_included_number_with_too_many_digits_is_refused()
    {
        var host = Rendered.Host with { ReadTemplate = _ => "{{ 1e99999999 }}"u8.ToArray() };

        Render(TemplateLanguage.Scriban, "{{ include 'a' }}", options: Tight, host: host).Error!.Message
            .Should().Be("a whole number has more than 10000 digits");
    }

    [Theory]
    [InlineData("a1e99999999 {{ '1e99999999' }}", "a1e99999999 1e99999999")]
    [InlineData("{{ 1e9999 | string.size }}", "10000")]
    [InlineData("{{ a = 1.5e99999; a }}", "Infinity")]
    [InlineData("{{ '1 + 1' | object.eval }}{{ '{{ 2 }}' | object.eval_template }}", "22")]
    public void Numbers_that_are_text_or_not_too_long_are_let_pass(string text, string expected) =>
        Render(TemplateLanguage.Scriban, text, options: Tight).Text().Should().Be(expected);

    [Fact]
    public void A_value_may_be_nested_a_thousand_deep() =>
        Render(TemplateLanguage.Scriban, "{{ a = {}; for i in 1..999; a = {x: a}; end; to_json a }}", options: Tight).Text()
            .Where(symbol => symbol == '{').Should().HaveCount(1_000);

    [Theory]
    [InlineData("{{yaml (getv \"/k\")}}", "[", "nested more than 500 deep")]
    [InlineData("{{toml (print \"a = \" (getv \"/k\"))}}", "[", "nested more than 500 deep")]
    [InlineData("{{toml (print \"a = \" (getv \"/k\"))}}", "{a=", "nested more than 500 deep")]
    [InlineData("{{toml (print \"a = '\" (getv \"/k\") \"'\\nb = \" (replace (getv \"/k\") \"]\" \"[\" -1))}}", "]", "nested more than 500 deep")]
    [InlineData("{{toml (print (getv \"/k\") \"a = 1\")}}", "a.", "nested too deeply")]
    [InlineData("{{toml (print \"[\" (getv \"/k\") \"a]\")}}", "a.", "nested too deeply")]
    [InlineData("{{jsonArray (getv \"/k\")}}", "[", "exceeded max depth")]
    [InlineData("{{explode (tree \"k\")}}", "a/", "nested too deeply")]
    [InlineData("{{regexMatch (getv \"/k\") \"x\"}}", "(", "error parsing regexp")]
    [InlineData("{{regexMatch \"((a{500}){500}){500}\" \"x\"}}", "", "expression too large")]
    [InlineData("{{regexMatch \"a{1001}\" \"x\"}}", "", "invalid repeat count: `{1001}`")]
    public void Values_that_are_nested_too_deeply_are_refused_on_a_small_stack(string text, string unit, string expected)
    {
        var keys = KeysOf(("/k" + (unit == "a/" ? "/" + Repeat(unit, 50_000) + "x" : ""), Repeat(unit, 50_000)));
        var options = new TemplateOptions { Functions = unit == "a/" ? FunctionSet.ConsulTemplate : FunctionSet.Confd };
        RenderResult? result = null;

        OnSmallStack(() => result = Render(TemplateLanguage.Go, text, keys, options));

        result!.Error!.Message.Should().Contain(expected);
    }

    [Theory]
    [InlineData("{{regexMatch \"(a+)+$\" (print (printf \"%5000d\" 1 | printf \"%s!\"))}}")]
    [InlineData("{{gets \"/*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b\"}}")]
    public void Patterns_are_matched_in_linear_time(string text)
    {
        var result = Render(TemplateLanguage.Go, text, KeysOf(("/" + Repeat("a", 5_000), "1")));

        result.Error.Should().BeNull();
    }

    [Theory]
    [InlineData("{{template \"a30\"}}", "{{template \"a0\"}}{{template \"a0\"}}")]
    [InlineData("{{executeTemplate \"a30\"}}", "{{executeTemplate \"a0\"}}{{executeTemplate \"a0\"}}")]
    public void Templates_that_call_each_other_twice_end_in_time(string call, string twice)
    {
        var text = "{{define \"a0\"}}{{end}}" + string.Concat(Enumerable.Range(1, 40).Select(number =>
            "{{define \"a" + number + "\"}}" + twice.Replace("a0", "a" + (number - 1), StringComparison.Ordinal) + "{{end}}")) + call;
        var options = new TemplateOptions { Limits = new RenderLimits { Duration = TimeSpan.FromMilliseconds(300) } };

        var result = Render(TemplateLanguage.Go, text, options: options);

        result.Error!.Message.Should().Contain("limit of 0.3 s");
    }

    public static TheoryData<string> DeepTexts =>
    [
        Repeat("{{if true}}", 100_000),
        Repeat("{{if true}}", 100_000) + Repeat("{{end}}", 100_000),
        Repeat("{{range .}}", 5_000) + Repeat("{{end}}", 5_000),
        "{{if true}}" + Repeat("{{else if true}}", 100_000) + "{{end}}",
        Repeat("{{block \"a\" .}}", 100_000),
        "{{" + Repeat("(", 100_000) + "1" + Repeat(")", 100_000) + "}}",
        "{{print " + Repeat("(print ", 900) + "1" + Repeat(")", 900) + "}}",
        "{{" + Repeat("$x := ", 100_000) + "}}",
        "{{.a" + Repeat(".a", 100_000) + "}}",
        "{{1" + Repeat(" | print", 100_000) + "}}",
        "{{print" + Repeat(" 1", 100_000) + "}}",
    ];

    [Theory]
    [MemberData(nameof(DeepTexts))]
    public void Deep_nesting_ends_in_a_result_on_a_small_stack(string text)
    {
        foreach (var language in Enum.GetValues<TemplateLanguage>())
        {
            var finished = OnSmallStack(() =>
            {
                var parsed = Template.Parse("t", Encoding.UTF8.GetBytes(text), language, Tight);
                parsed.Template?.Render(new RenderInput { Host = Host }, CancellationToken.None);
            });

            finished.Should().BeTrue();
        }
    }

    [Fact]
    public void Depth_of_recursion_times_depth_of_nesting_ends_in_a_result_on_a_small_stack()
    {
        var go = "{{define \"a\"}}" + Repeat("{{if true}}", 200) + "{{template \"a\"}}" + Repeat("{{end}}", 200) + "{{end}}{{template \"a\"}}";
        var scriban = "{{func f}}" + Repeat("{{if true}}", 230) + "{{f}}" + Repeat("{{end}}", 230) + "{{end}}{{f}}";
        var goTemplate = ParsedOf(TemplateLanguage.Go, go);
        var scribanTemplate = ParsedOf(TemplateLanguage.Scriban, scriban);
        RenderResult? goResult = null;
        RenderResult? scribanResult = null;

        OnSmallStack(() => goResult = goTemplate.Render(new RenderInput { Host = Host }, CancellationToken.None));
        OnSmallStack(() => scribanResult = scribanTemplate.Render(new RenderInput { Host = Host }, CancellationToken.None));

        goResult!.Succeeded.Should().BeFalse();
        scribanResult!.Succeeded.Should().BeFalse();
    }

    [Theory]
    [InlineData(TemplateLanguage.Go, "{{range seq 1 1000000}}{{range seq 1 1000000}}{{end}}{{end}}")]
    [InlineData(TemplateLanguage.Scriban, "{{ while true; end }}")]
    public void A_cancelled_render_ends_with_an_error(TemplateLanguage language, string text)
    {
        var options = new TemplateOptions { Limits = new RenderLimits { LoopIterationsMax = int.MaxValue } };
        var parsed = Template.Parse("t", Encoding.UTF8.GetBytes(text), language, options);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        var result = parsed.Template!.Render(new RenderInput { Host = Host }, cancelled.Token);

        result.Error!.Message.Should().Contain("stopped");
    }

    [Theory]
    [InlineData(TemplateLanguage.Go, "a\n {{file \"/x\"}}", 2, "error calling file: no access")]
    [InlineData(TemplateLanguage.Go, "{{len (lookupIP \"h\")}}", 1, "error calling lookupIP: too long")]
    [InlineData(TemplateLanguage.Go, "{{include \"p\"}}", 1, "error calling include: no template")]
    [InlineData(TemplateLanguage.Scriban, "a\n {{ file '/x' }}", 2, "error calling file: no access")]
    [InlineData(TemplateLanguage.Scriban, "{{ lookup_ip 'h' }}", 1, "error calling lookupIP: too long")]
    [InlineData(TemplateLanguage.Scriban, "{{ include 'p' }}", 1, "no template")]
    public void Whatever_the_host_throws_is_an_error_with_its_place(TemplateLanguage language, string text, int line, string message)
    {
        var host = Host with
        {
            ReadFile = _ => throw new UnauthorizedAccessException("no access"),
            LookupAddresses = _ => throw new ArgumentException("too long"),
            ReadTemplate = _ => throw new InvalidOperationException("no template"),
        };

        var result = Render(language, text, options: new() { ScribanReachesOutside = true }, host: host);

        result.Error!.Line.Should().Be(line);
        result.Error.Message.Should().Contain(message);
    }

    [Theory]
    [InlineData("{{loop 1 -9223372036854775808}}")]
    [InlineData("{{loop -9223372036854775808 9223372036854775807}}")]
    [InlineData("{{range loop 9223372036854775807 -9223372036854775808}}x{{end}}")]
    [InlineData("{{untilStep -9223372036854775808 9223372036854775807 1}}")]
    [InlineData("{{untilStep 9223372036854775807 -9223372036854775808 -9223372036854775808}}")]
    [InlineData("{{$m := dict}}{{range seq 1 3}}{{$_ := set $m \"m\" $m}}{{end}}{{$m}}")]
    [InlineData("{{$m := dict}}{{$_ := set $m \"m\" $m}}{{toJson $m}}")]
    [InlineData("{{$m := dict}}{{$_ := set $m \"m\" $m}}{{toYaml $m}}")]
    [InlineData("{{$m := dict}}{{$_ := set $m \"m\" $m}}{{toToml $m}}")]
    [InlineData("{{$m := dict}}{{$n := dict}}{{$_ := set $m \"m\" $m}}{{$_ := set $n \"m\" $n}}{{merge $m $n}}")]
    public void Extreme_bounds_and_maps_that_hold_themselves_end_in_a_result(string text)
    {
        OnSmallStack(() => Render(TemplateLanguage.Go, text, options: Tight)).Should().BeTrue();
        OnSmallStack(() => Render(TemplateLanguage.Go, text, options: Tight with { Functions = FunctionSet.Yunify })).Should().BeTrue();
    }

    [Fact]
    public void Data_that_is_too_deep_for_Scriban_is_an_error()
    {
        var data = new TemplateDot(Enumerable.Range(0, 50_000).Aggregate(
            Sync.Templates.Values.Value.Of(1L), (inner, _) => Sync.Templates.Values.Value.OfList([inner])));
        RenderResult? result = null;
        var template = ParsedOf(TemplateLanguage.Scriban, "x");

        OnSmallStack(() => result = template.Render(new RenderInput { Host = Host, Data = data }, CancellationToken.None));

        result!.Error!.Message.Should().Contain("nested too deeply");
        result.Error.File.Should().Be("t");
    }

    [Theory]
    [InlineData("{{define \"a\"}}{{executeTemplate \"a\"}}{{end}}{{template \"a\"}}", "exceeded maximum template depth (100)")]
    [InlineData("{{define \"a\"}}{{with executeTemplate \"a\" .}}{{.}}{{end}}{{end}}{{template \"a\"}}", "exceeded maximum template depth (100)")]
    public void An_error_in_deep_recursion_of_a_Go_template_is_told(string text, string expected)
    {
        RenderResult? result = null;

        OnStack(1024, () => result = Render(TemplateLanguage.Go, text));

        result!.Error!.Message.Should().Contain(expected);
    }

    [Theory]
    [InlineData("{{ func f(x); f(x | math.abs | f | f); end; f 1 }}")]
    [InlineData("{{ func f(x); ret (f (x | f)) + 1; end; f 1 }}")]
    [InlineData("{{ func f(x); x < 80 ? (x + 1 | f | f) : x.y.z; end; f 1 }}")]
    [InlineData("{{ func f(x); x < 80 ? (x + 1 | f) : (x | to_json 1 2 3); end; f 1 }}")]
    [InlineData("{{ a = '{{ a | object.eval_template }}'; a | object.eval_template }}")]
    [InlineData("{{ a = 'a | object.eval'; a | object.eval }}")]
    [InlineData("{{ a = 'object.eval a'; object.eval a }}")]
    [InlineData("{{ func f; include 'f'; end; f }}")]
    [InlineData("{{ func f; 'f' | include; end; f }}")]
    public void An_error_in_deep_recursion_of_a_Scriban_template_is_told(string text)
    {
        var host = Host with { ReadTemplate = _ => "{{ f }}"u8.ToArray() };
        RenderResult? result = null;

        foreach (var stack in new[] { 512, 1536 })
        {
            OnStack(stack, () => result = Render(TemplateLanguage.Scriban, text, host: host));

            result!.Error!.Message.Should().NotBeEmpty();
        }
    }

    [Theory]
    [InlineData("a | object.format 'x'")]
    [InlineData("a | math.format 'x'")]
    [InlineData("a | math.is_number")]
    [InlineData("a | math.abs")]
    [InlineData("-a")]
    [InlineData("!a")]
    [InlineData("a + a")]
    [InlineData("a << a")]
    [InlineData("a < a")]
    [InlineData("a == a")]
    [InlineData("a == {}")]
    [InlineData("a[a]")]
    [InlineData("a.x.y.z")]
    [InlineData("a()")]
    [InlineData("a | a")]
    [InlineData("[1][a]")]
    [InlineData("a + 'x'")]
    [InlineData("'x' + a")]
    [InlineData("$'{a}'")]
    [InlineData("for i in a; i; end")]
    [InlineData("for i in 1..2 limit: a; i; end")]
    [InlineData("with a; b; end")]
    [InlineData("case a; when a; 1; end")]
    [InlineData("a ?? a")]
    [InlineData("[a, a] | array.sort")]
    [InlineData("[a, a] | array.uniq")]
    [InlineData("[a, a] | array.join ','")]
    [InlineData("[a, a] | array.contains a")]
    [InlineData("[a] == [a]")]
    [InlineData("[a] + [a]")]
    [InlineData("a | object.size")]
    [InlineData("a | object.values")]
    [InlineData("a | object.eval")]
    [InlineData("a | object.to_json")]
    [InlineData("a | to_json")]
    [InlineData("a | string.size")]
    [InlineData("a | string.append a")]
    [InlineData("a | date.parse")]
    [InlineData("a | timespan.from_days")]
    [InlineData("a | regex.match 'x'")]
    [InlineData("a.empty?")]
    [InlineData("a")]
    [InlineData("b = a; b.c.d.e = a; -b")]
    public void Objects_of_Scriban_that_hold_themselves_or_are_very_deep_end_in_a_result(string expression)
    {
        string[] objects =
        [
            "a = {}; a.b = a",
            "a = this; a.b = this",
            "a = '{\"b\": {}, \"c\": [{}]}' | object.from_json; a.b = a",
            "a = ('{\"c\": [{}]}' | object.from_json).c[0]; a.b = a",
            "a = parse_json '{\"b\": {}}'; a.b = a",
            "a = {}; for i in 1..9000; a = {x: a}; end",
            "a = {}; for i in 1..50; a = {x: a, y: a, z: a}; end",
            "a = []; a[0] = a",
            "a = {}; for i in 1..50; a = [a, a, a]; end",
            "a = {b: 1}; for i in 1..18; a = {a: a, b: a, c: a, d: a, e: a, f: a, g: a, h: a, i: a, j: a}; end",
        ];
        foreach (var made in objects)
        {
            OnStack(1536, () => Render(TemplateLanguage.Scriban, "{{ " + made + "; " + expression + " }}", options: Tight));
        }
    }

    [Fact]
    public void Objects_of_Scriban_keep_their_identity()
    {
        var result = Render(TemplateLanguage.Scriban, "{{ a = {b: {c: 1}}; d = a.b; d.c = 2; e = [a]; e[0].f = 3; a }}");

        result.Text().Should().Be("{b: {c: 2}, f: 3}");
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    private static bool OnSmallStack(Action action) => OnStack(512, action);

    private static bool OnStack(int kibibytes, Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action), maxStackSize: kibibytes * 1024);
        thread.Start();
        thread.Join();
        failure.Should().BeNull();
        return true;
    }
}
