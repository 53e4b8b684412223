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
    [InlineData("{{title \"hELLO wOrld it's\"}}", "HELLO WOrld It'S")]
    [InlineData("{{wrap 5 \"Hello World\"}}|{{wrap 3 \"abcdef g h\"}}|{{wrap 80 \"x y\"}}", "Hello\nWorld|abcdef\ng h|x y")]
    [InlineData("{{merge (dict \"a\" 1) (dict \"a\" 2 \"b\" 3) (dict \"b\" 4 \"c\" 5)}} {{merge (dict \"a\" 1)}}", "map[a:1 b:3 c:5] map[a:1]")]
    [InlineData("{{round 123.5555 3}} {{round 123.555 2 0.6}} {{round 1.2 0 0.1}} {{round -1.5 0}}", "123.556 123.55 2 -2")]
    [InlineData("{{$d := dict \"a\" 1}}{{$_ := set $d \"b\" 2}}{{$d}} {{$_ := unset $d \"a\"}}{{$d}} {{set $d \"b\" 3}}", "map[a:1 b:2] map[b:2] map[b:3]")]
    [InlineData("{{$d := dict \"b\" 1}}{{range $k, $v := $d}}{{$_ := set $d \"a\" 2}}{{$k}}{{end}} {{$d}}", "b map[a:2 b:1]")]
    [InlineData("{{uuidv4}}", "00000000-0000-0000-0000-000000000000")]
    [InlineData("{{$v := semver \"v1.2.3-beta.1+b9\"}}{{$v.Major}} {{$v.Minor}} {{$v.Patch}} {{$v.Prerelease}} {{$v.Metadata}} {{$v.Original}} {{$v}}", "1 2 3 beta.1 b9 v1.2.3-beta.1+b9 1.2.3-beta.1+b9")]
    [InlineData("{{semver \"1.4.3\" | (semver \"1.2.3\").Compare}} {{(semver \"2\").Compare (semver \"2.0.0\")}}", "-1 0")]
    [InlineData("{{with urlParse \"http://u:p@host:80/a%20b?q=1#f\"}}{{.scheme}} {{.host}} {{.hostname}} {{.path}} {{.query}} {{.fragment}} {{.userinfo}}{{end}}", "http host:80 host /a b q=1 f u:p")]
    [InlineData("{{with urlParse \"mailto:x@y\"}}{{.scheme}} {{.opaque}}{{.path}}{{end}} {{(urlParse \"http://[::1]:8/\").hostname}} {{(urlParse \"a/b\").path}}", "mailto x@y ::1 a/b")]
    [InlineData("{{int64 \"9007199254740993\"}} {{int 9007199254740993}} {{int \"1.9\"}} {{int true}} {{int64 (parseUint \"18446744073709551615\")}}", "9007199254740993 9007199254740993 1 1 9223372036854775807")]
    public void What_sprig_has_gives_what_sprig_says(string text, string expected) =>
        Render(TemplateLanguage.Go, text, Keys).Text().Should().Be(expected);

    [Theory]
    [InlineData("1.2.3", "1.2.3", true)]
    [InlineData("1.2", "1.2.9", true)]
    [InlineData("*", "3.1.0", true)]
    [InlineData("^1.2.0", "1.3.0", true)]
    [InlineData("^1.2.0", "2.0.0", false)]
    [InlineData("^0.2.3", "0.3.0", false)]
    [InlineData("^0", "0.3.0", true)]
    [InlineData("~1.2.3", "1.2.9", true)]
    [InlineData("~1", "1.9.0", true)]
    [InlineData("~1.2.3", "1.3.0", false)]
    [InlineData(">=1.2, <3", "2.9.0", true)]
    [InlineData(">= 1.2 < 3", "3.0.0", false)]
    [InlineData("<1.0 || >2.0.0", "2.0.1", true)]
    [InlineData("1.2 - 1.4.5", "1.4.5", true)]
    [InlineData("1.2 - 1.4.5", "1.4.6", false)]
    [InlineData(">11", "11.1.0", false)]
    [InlineData("<=11", "11.1.0", true)]
    [InlineData("!=1.2.x", "1.2.3", false)]
    [InlineData(">=1.0.0", "1.1.0-rc.1", false)]
    [InlineData(">=1.0.0-0", "1.1.0-rc.1", true)]
    [InlineData(">1.1.0-rc.2", "1.1.0-rc.10", true)]
    public void Versions_are_compared_as_constraints_say(string constraint, string version, bool expected) =>
        Render(TemplateLanguage.Go, $"{{{{semverCompare \"{constraint}\" \"{version}\"}}}}").Text().Should().Be(expected ? "true" : "false");

    [Fact]
    public void A_key_that_is_also_a_folder_keeps_its_value_under_the_empty_name()
    {
        var keys = KeysOf(("/a", "1"), ("/a-b", "0"), ("/a/b", "2"), ("/a/b/c", "3"));

        Render(TemplateLanguage.Go, "{{index kv.a \"\"}} {{kv.a.b.c}} {{kv}} {{tree \"/a\"}}", keys).Text()
            .Should().Be("1 3 map[a:map[:1 b:map[:2 c:3]] a-b:0] map[b:map[:2 c:3]]");
        Render(TemplateLanguage.Scriban, "{{ kv.a[''] }} {{ kv.a.b.c }} {{ (tree '/a').b[''] }}", keys).Text().Should().Be("1 3 2");
        Render(TemplateLanguage.Go, "{{tree \"/\" | explode}}", keys, new() { Functions = FunctionSet.ConsulTemplate }).Error!.Message
            .Should().Contain("not a map");
    }

    [Theory]
    [InlineData("{{getint \"/a/f\"}}", "the value \"1.5\" of /a/f is no int")]
    [InlineData("{{bytes \"x\"}}", "bytes: \"x\" is no size; write it as 10, 10k, 10m, 10g or 10t")]
    [InlineData("{{cidrHost \"10.0.0.0\" 1}}", "\"10.0.0.0\" is no network; write it as 10.0.0.0/8")]
    [InlineData("{{toml \"a = \"}}", "toml: line 1: ")]
    [InlineData("{{yaml \"a: [\"}}", "yaml: line ")]
    [InlineData("{{semver \"1.x\"}}", "Invalid Semantic Version")]
    [InlineData("{{semverCompare \">>1\" \"1.2.3\"}}", "improper constraint: >>1")]
    [InlineData("{{urlParse \":x\"}}", "unable to parse url: parse \":x\": missing protocol scheme")]
    [InlineData("{{set (json \"null\") \"a\" 1}}", "assignment to entry in nil map")]
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
        string[] ownInScriban = ["and", "or", "not", "call", "html", "include", "executeTemplate", "scratch", "in", "env", "kv", "now", "date", "wrap"];
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

    [Theory]
    [InlineData(TemplateLanguage.Go, "{{secret \"/a/p\"}} {{secret \"/gone\" \"d\"}}")]
    [InlineData(TemplateLanguage.Scriban, "{{ secret '/a/p' }} {{ secret '/gone' 'd' }}")]
    public void A_secret_is_the_value_of_a_key_and_marks_the_result(TemplateLanguage language, string text)
    {
        var keys = KeysOf(("/a/p", "p@s"));

        var secret = Render(language, text, keys);

        secret.Text().Should().Be("p@s d");
        secret.HoldsSecrets.Should().BeTrue();
        Render(language, text.Replace("secret", "getv", StringComparison.Ordinal), keys).HoldsSecrets.Should().BeFalse();
    }

    [Theory]
    [InlineData(TemplateLanguage.Go, "{{secret \"/a/p\" | atoi}}", "template: t:1:18: executing \"t\" at <atoi>: error calling atoi: strconv.Atoi: parsing \"******\": invalid syntax")]
    [InlineData(TemplateLanguage.Scriban, "{{ secret '/a/p' | atoi }}", "t(1,20) : error : error calling atoi: strconv.Atoi: parsing \"******\": invalid syntax")]
    public void An_error_does_not_say_the_secret(TemplateLanguage language, string text, string expected)
    {
        var result = Render(language, text, KeysOf(("/a/p", "line\n\"two\"")));

        result.Error!.Text.Should().Be(expected);
        result.Error.Message.Should().NotContain("two");
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
