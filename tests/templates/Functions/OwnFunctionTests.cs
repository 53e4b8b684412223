using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Functions;

public sealed class OwnFunctionTests
{
    private static readonly Sync.Templates.Keys.KeySnapshot Keys =
        KeysOf(("/a/n", "5"), ("/a/f", "1.5"), ("/a/t", "true"), ("/a/d/x", "v"));

    [Theory]
    [InlineData("{{getint \"/a/n\"}} {{getint \"/gone\" 7}} {{getfloat \"/a/f\"}} {{getbool \"/a/t\"}} {{getsv \"/a/*\"}}", "5 7 1.5 true map[f:1.5 n:5 t:true]")]
    [InlineData("{{(tree \"/a\").d.x}} {{kv.a.n}}", "v 5")]
    [InlineData("{{shellquote \"a b'c\"}} {{shellquote \"plain/x\"}} {{shellquote \"\"}} {{xmlEscape \"<a&'\\\">\"}}", "'a b'\\''c' plain/x '' &lt;a&amp;&apos;&quot;&gt;")]
    [InlineData("{{bytes \"10m\"}} {{bytes \"1.5KiB\"}} {{bytes \"7\"}}", "10485760 1536 7")]
    [InlineData("{{cidrHost \"10.1.2.0/24\" 5}} {{cidrHost \"10.1.2.0/24\" -2}} {{cidrNetmask \"10.0.0.0/9\"}} {{cidrContains \"10.0.0.0/8\" \"10.9.9.9\"}} {{cidrHost \"fd00::/64\" 1}}", "10.1.2.5 10.1.2.254 255.128.0.0 true fd00::1")]
    [InlineData("{{(yaml \"a: [1, {b: c}]\").a}} {{(toml \"a = 1\\n[b]\\nc = 'x'\\n[[d]]\\ne = 1.5\").b.c}}", "[1 map[b:c]] x")]
    [InlineData("{{toToml (map \"k\" 1 \"t\" (map \"x\" \"y\"))}}", "k = 1\n\n[t]\n  x = \"y\"\n")]
    [InlineData("{{toYaml (map \"a\" 1 \"b\" (list \"x: y\" \"- z\" \"\" nil true \"1\" \"l1\\nl2\\n\") \"c\" (dict))}}", "a: 1\nb:\n- 'x: y'\n- '- z'\n- \"\"\n- null\n- true\n- \"1\"\n- |\n  l1\n  l2\nc: {}\n")]
    [InlineData("{{toYaml (list (list 1 2) (map \"k\" (list 3)))}}", "- - 1\n  - 2\n- k:\n  - 3\n")]
    [InlineData("{{range pairs (map \"b\" 1 \"a\" 2)}}{{.key}}={{.value}} {{end}}{{range pairs (list \"x\")}}{{.key}}={{.value}}{{end}}", "a=2 b=1 0=x")]
    [InlineData("{{upper \"a\"}} {{trunc 2 \"abc\"}} {{substr 1 2 \"abc\"}} {{hasPrefix \"a\" \"ab\"}} {{until 3}} {{untilStep 3 0 -1}} {{first (list 1 2)}} {{rest (list 1 2)}} {{uniq (list 1 1 2)}}", "A ab b true [0 1 2] [3 2 1] 1 [2] [1 2]")]
    [InlineData("{{has 2 (list 1 2)}} {{without (list 1 2) 1}} {{dig \"a\" \"b\" \"d\" (map \"a\" (map \"b\" 1))}} {{dig \"z\" \"d\" (dict)}} {{int \"7\"}} {{round 1.256 2}} {{kindOf (list)}} {{pick (map \"a\" 1 \"b\" 2) \"a\"}}", "true [2] 1 d 7 1.26 slice map[a:1]")]
    public void Functions_of_our_own_give_what_they_say(string text, string expected) =>
        Render(TemplateLanguage.Go, text, Keys).Text().Should().Be(expected);

    [Theory]
    [InlineData("{{getint \"/a/f\"}}", "the value \"1.5\" of /a/f is no int")]
    [InlineData("{{bytes \"x\"}}", "bytes: \"x\" is no size; write it as 10, 10k, 10m, 10g or 10t")]
    [InlineData("{{cidrHost \"10.0.0.0\" 1}}", "\"10.0.0.0\" is no network; write it as 10.0.0.0/8")]
    [InlineData("{{toml \"a = \"}}", "toml: line 1: ")]
    [InlineData("{{yaml \"a: [\"}}", "yaml: line ")]
    public void A_function_that_fails_says_why(string text, string expected) =>
        Render(TemplateLanguage.Go, text, Keys).Error!.Message.Should().Contain(expected);

    [Theory]
    [InlineData("a: &x [1, 2, 3, 4, 5, 6, 7, 8, 9]\nb: &y [*x, *x, *x, *x, *x, *x, *x, *x, *x]\nc: &z [*y, *y, *y, *y, *y, *y, *y, *y]\n"
        + "d: &w [*z, *z, *z, *z, *z, *z, *z, *z]\ne: &v [*w, *w, *w, *w, *w, *w, *w, *w]\nf: &u [*v, *v, *v, *v, *v, *v, *v, *v]\ng: [*u, *u, *u, *u]")]
    public void A_YAML_text_that_stands_for_millions_is_refused(string yaml)
    {
        var result = Render(TemplateLanguage.Go, "{{len (yaml (getv \"/y\"))}}", KeysOf(("/y", yaml)));

        result.Error!.Message.Should().Contain("stands for more than");
    }

    [Theory]
    [InlineData(FunctionSet.Confd)]
    [InlineData(FunctionSet.Yunify)]
    [InlineData(FunctionSet.Abtreece)]
    [InlineData(FunctionSet.ConsulTemplate)]
    public void Every_function_of_a_set_is_in_both_languages(FunctionSet set)
    {
        // What Scriban has as operators, statements or objects of its own.
        string[] ownInScriban = ["and", "or", "not", "call", "html", "include", "executeTemplate", "scratch", "in", "env", "kv", "now", "date"];
        var options = new TemplateOptions { Functions = set, ScribanReachesOutside = true };

        var missing = Sync.Templates.Functions.FunctionTable.For(set).Keys.Except(ownInScriban).Where(name =>
            Render(TemplateLanguage.Scriban, $"{{{{ {name} }}}}", options: options).Error?.Message.Contains("was not found", StringComparison.Ordinal) == true);

        missing.Should().BeEmpty();
    }

    [Fact]
    public void Assigning_to_the_name_of_a_function_is_a_variable_of_one_render()
    {
        var first = Render(TemplateLanguage.Scriban, "{{ keys = 5; keys }}");
        var second = Render(TemplateLanguage.Scriban, "{{ keys {a: 1} | array.first }}");

        first.Text().Should().Be("5");
        second.Text().Should().Be("a");
    }

    [Fact]
    public void An_error_knows_the_key_of_its_action()
    {
        var go = Render(TemplateLanguage.Go, "{{getv \"/a/n\"}}\n{{json (getv \"/a/d/x\")}}", Keys);
        var other = Render(TemplateLanguage.Go, "{{getv \"/a/n\"}}\n{{fail \"x\"}}", Keys);
        var scriban = Render(TemplateLanguage.Scriban, "{{ getv '/a/n' }}\n{{ json (getv '/a/d/x') }}", Keys);

        go.ErrorKey.Should().Be("/a/d/x");
        other.ErrorKey.Should().BeNull();
        scriban.ErrorKey.Should().Be("/a/d/x");
    }
}
