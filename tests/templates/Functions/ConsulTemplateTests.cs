using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Functions;

/// <summary>Templates written for consul-template. Expected texts are those of its documentation.</summary>
public sealed class ConsulTemplateTests
{
    private static readonly TemplateOptions Options = new() { Functions = FunctionSet.ConsulTemplate };

    private static readonly Sync.Templates.Keys.KeySnapshot Keys = KeysOf(
        ("/app/name", "web"), ("/app/port", "80"), ("/app/empty", ""), ("/app/up/a", "1"), ("/app/up/b/c", "2"), ("/other", "x"));

    [Theory]
    [InlineData("{{key \"app/name\"}} {{keyExists \"app/name\"}} {{keyExists \"app/gone\"}}", "web true false")]
    [InlineData("{{keyOrDefault \"app/gone\" \"d\"}} {{keyOrDefault \"app/empty\" \"d\"}} {{keyOrDefault \"app/port\" \"d\"}}", "d d 80")]
    [InlineData("{{range ls \"app\"}}{{.Key}}={{.Value}};{{end}}", "empty=;name=web;port=80;")]
    [InlineData("{{range tree \"app/up\"}}{{.Key}}={{.Value}} {{.Path}};{{end}}", "a=1 app/up/a;b/c=2 app/up/b/c;")]
    [InlineData("{{range $top, $pairs := tree \"app\" | byKey}}{{$top}}:{{range $key, $pair := $pairs}}{{$key}}={{$pair.Value}},{{end}}{{end}}", "up:a=1,b/c=2,")]
    [InlineData("{{with tree \"app\" | explode}}{{.name}} {{.up.b.c}}{{end}}", "web 2")]
    [InlineData("{{len (ls \"gone\")}}", "0")]
    public void Keys_are_those_of_the_store(string text, string expected) =>
        Render(TemplateLanguage.Go, text, Keys, Options).Text().Should().Be(expected);

    [Theory]
    [InlineData("{{\"a,b\" | split \",\" | join \"-\"}} {{len (split \",\" \" \")}} {{trimSuffix \"c\" \"abc\"}} {{\"abc\" | trimPrefix \"a\"}}", "a-b 0 ab bc")]
    [InlineData("{{splitToMap \",\" \":\" \"a:1,b:2,c\"}} {{trim \"!x\" \"!ax!\"}} {{trimSpace \" a \"}} {{\"foo.bar\" | replaceAll \".\" \"_\"}}", "map[a:1 b:2] a a foo_bar")]
    [InlineData("{{toTitle \"this is\"}} {{toUpper \"a\"}} {{\"a\\n\\nb\" | indent 2}}", "This Is A   a\n\n  b")]
    [InlineData("{{\"foo.bar\" | regexReplaceAll \"foo([.a-z]+)\" \"$1\"}} {{regexMatch \"^f\" \"foo\"}}", ".bar true")]
    [InlineData("{{add 1 2}} {{5 | subtract 2}} {{divide 2 10}} {{modulo 2 5}} {{multiply 2.5 2}} {{minimum 2 5}} {{maximum 2 5.5}}", "3 3 5 1 5 2 5.5")]
    [InlineData("{{parseBool \"\"}} {{parseBool \"1\"}} {{parseInt \"7\" | add 1}} {{parseUint \"7\"}} {{parseFloat \"1.5\"}} {{parseInt \"\"}}", "false true 8 7 1.5 0")]
    [InlineData("{{range loop 3}}{{.}}{{end}} {{range loop \"5\" 8}}{{.}}{{end}} {{range $i := loop 2}}{{$i}}{{end}}", "012 567 01")]
    [InlineData("{{in (split \",\" \"a,b\") \"b\"}} {{\"abc\" | contains \"b\"}} {{split \",\" \"a,b\" | contains \"c\"}}", "true true false")]
    [InlineData("{{$w := parseJSON \"[\\\"a\\\",\\\"z\\\"]\"}}{{$l := split \",\" \"a,b\"}}{{containsAll $w $l}} {{containsAny $w $l}} {{containsNone $w $l}} {{containsNotAll $w $l}}", "false true false true")]
    [InlineData("{{sprig_upper \"a\"}} {{\"x\" | sprig_indent 2}} {{\"\" | sprig_default \"d\"}} {{sprig_list \"a\" \"b\" | sprig_join \"-\"}} {{\"v1.2\" | sprig_trimPrefix \"v\"}} {{sprig_regexReplaceAll \"a(x*)b\" \"-ab-axxb-\" \"${1}W\"}}", "A   x d a-b 1.2 -W-xxW-")]
    [InlineData("{{maximum 1.5 2000000}} {{minimum 2 1.5}} {{printf \"%T\" (maximum (parseInt \"1\") (parseUint \"2\"))}}", "2000000 1.5 uint64")]
    [InlineData("[{{join \",\" nil}}] {{with parseJSON \"{\\\"l\\\":null}\"}}[{{join \",\" .nope}}]{{end}}", "[] []")]
    [InlineData("{{base64URLEncode \"??>>\"}} {{base64URLDecode \"Pz8-Pg==\"}} {{base64Encode \"hi\"}}", "Pz8-Pg== ??>> aGk=")]
    [InlineData("{{sha256Hex \"a\"}}", "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")]
    [InlineData("{{md5sum \"a\"}} {{hmacSHA256Hex \"a\" \"k\"}}", "0cc175b9c0f1b6a831c399e269772661 78da91511e675587f5b9df78bedebaf5560da2abb88162ee875dcdf744951d9e")]
    [InlineData("{{toJSON (parseJSON \"{\\\"b\\\":[1,\\\"<\\\"]}\")}} {{toUnescapedJSON (parseJSON \"\\\"<&\\\"\")}}", "{\"b\":[1,\"\\u003c\"]} \"<&\"")]
    [InlineData("{{with parseYAML \"a: 1\\nb: [x, 2.5]\\nc: yes\"}}{{.a}} {{index .b 1}} {{.c}}{{end}}", "1 2.5 true")]
    [InlineData("{{parseYAML \"m:\\n  a: 1\\n  b:\\n  - x\\n  - 'true'\\n\" | toYAML}}", "m:\n  a: 1\n  b:\n  - x\n  - \"true\"")]
    [InlineData("{{parseJSON \"{\\\"b\\\":{\\\"c\\\":true},\\\"a\\\":[1.5,2.5]}\" | toTOML}}", "a = [1.5, 2.5]\n\n[b]\n  c = true")]
    [InlineData("{{scratch.Set \"k\" 1}}{{scratch.SetX \"k\" 2}}{{scratch.Get \"k\"}} {{scratch.Key \"z\"}}{{scratch.MapSet \"m\" \"b\" 2}}{{scratch.MapSet \"m\" \"a\" 1}}{{scratch.MapSetX \"m\" \"a\" 9}} {{scratch.MapValues \"m\"}}", "1 false [1 2]")]
    [InlineData("{{mergeMap (parseJSON \"{\\\"a\\\":1}\") (parseJSON \"{\\\"a\\\":2,\\\"b\\\":3}\")}} {{mergeMapWithOverride (parseJSON \"{\\\"a\\\":1}\") (parseJSON \"{\\\"a\\\":2}\")}}", "map[a:1 b:3] map[a:2]")]
    [InlineData("{{explodeMap (parseJSON \"{\\\"a/b\\\":1,\\\"c\\\":2}\")}}", "map[a:map[b:1] c:2]")]
    [InlineData("{{define \"d\"}}<{{.}}>{{end}}{{executeTemplate \"d\" 5 | toUpper}}", "<5>")]
    [InlineData("{{timestamp \"2006\" | len}}", "4")]
    public void Functions_take_their_subject_last(string text, string expected) =>
        Render(TemplateLanguage.Go, text, Keys, Options).Text().Should().Be(expected);

    [Theory]
    [InlineData("{{key \"app/gone\"}}", "error calling key: key does not exist: app/gone")]
    [InlineData("{{safeTree \"gone\"}}", "error calling safeTree: no keys below gone")]
    [InlineData("{{base64Decode \"?\"}}", "error calling base64Decode: base64Decode: illegal base64 data at input byte 0")]
    [InlineData("{{parseFloat \"1e400\"}}", "error calling parseFloat: parseFloat: strconv.ParseFloat: parsing \"1e400\": value out of range")]
    [InlineData("{{parseInt \"x\"}}", "error calling parseInt: parseInt: strconv.ParseInt: parsing \"x\": invalid syntax")]
    [InlineData("{{add 1 \"2\"}}", "error calling add: add: unknown type for \"2\" (string)")]
    [InlineData("{{divide 0 1}}", "error calling divide: runtime error: integer divide by zero")]
    [InlineData("{{indent -1 \"a\"}}", "error calling indent: indent value must be a positive integer")]
    [InlineData("{{explodeMap (parseJSON \"{\\\"a\\\":\\\"1\\\",\\\"a/b\\\":2}\")}}", "error calling explodeMap: explodeMap: not a map: \"a/b\": \"a\" already has value \"1\"")]
    [InlineData("{{loop}}", "error calling loop: loop: wrong number of arguments, expected 1 or 2, but got 0")]
    [InlineData("{{mustEnv \"GONE\"}}", "error calling mustEnv: required environment variable GONE is empty")]
    [InlineData("{{define \"a\"}}{{executeTemplate \"a\"}}{{end}}{{template \"a\"}}", "exceeded maximum template depth (100)")]
    public void A_function_that_fails_says_why(string text, string expected) =>
        Render(TemplateLanguage.Go, text, Keys, Options).Error!.Message.Should().EndWith(expected);

    [Fact]
    public void Functions_of_the_set_work_in_Scriban_too()
    {
        var result = Render(TemplateLanguage.Scriban,
            "{{ key 'app/name' }} {{ for pair in tree 'app/up' }}{{ pair.key }}={{ pair.value }};{{ end }} {{ for i in loop 2 }}{{ i }}{{ end }}"
            + " {{ (explode (tree 'app')).up.b.c }} {{ subtract 2 5 }} {{ to_json [1, 'a'] }}", Keys, Options);

        result.Text().Should().Be("web a=1;b/c=2; 01 2 3 [1,\"a\"]");
    }
}
