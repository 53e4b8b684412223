using static Sync.Templates.Tests.Rendered;

namespace Sync.Templates.Tests.Functions;

public sealed class FunctionSetTests
{
    [Theory]
    [InlineData("{{\"\" | default \"x\"}} {{0 | default 5}} {{false | default true}} {{\"v\" | default \"x\"}}", "x 5 true v")]
    [InlineData("{{true | ternary \"a\" \"b\"}} {{coalesce \"\" 0 \"c\"}} {{empty (list)}} {{empty \"0\"}}", "a c true false")]
    [InlineData("{{toJson (map \"b\" 1 \"a\" \"<é\\n\")}} {{toJson nil}}", "{\"a\":\"\\u003cé\\n\",\"b\":1} null")]
    [InlineData("{{toJson (fromJson \"[1e21, 1e-7, 20000000, 0.5, -0.0, {}]\")}}", "[1e+21,1e-7,20000000,0.5,-0,{}]")]
    [InlineData("{{toPrettyJson (fromJson \"{\\\"a\\\":[1,{}],\\\"b\\\":[]}\")}}", "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}")]
    [InlineData("{{indent 2 \"a\\nb\\n\"}}|{{nindent 1 \"x\"}}|{{indent 3 \"\"}}|{{indent -1 \"y\"}}", "  a\n  b\n  |\n x||y")]
    [InlineData("{{quote \"a\\\"b\"}} {{squote \"it's\"}}", "\"a\\\"b\" 'it''s'")]
    [InlineData("{{regexMatch \"^a.c$\" \"abc\"}} {{regexFind \"b+\" \"abbc\"}} {{regexReplaceAll \"a(b+)\" \"xabb\" \"[$1]\"}}", "true bb x[bb]")]
    [InlineData("{{regexReplaceAll \"(?P<n>b)\" \"abc\" \"${n}${n}-$1x-$$\"}} {{regexMatch \"b$\" \"b\\n\"}}", "abb--$c false")]
    [InlineData("{{trimPrefix \"abc\" \"a\"}} {{repeat 3 \"ab\"}} {{repeat -1 \"x\"}}{{nospace \" a b\\t\"}}", "bc ababab ab")]
    [InlineData("{{snakecase \"HTTPServerName\"}} {{camelcase \"foo_bar\"}} {{kebabcase \"FooBar\"}}", "http_server_name fooBar foo-bar")]
    [InlineData("{{$m := dict \"k\" 1 \"a\" \"x\"}}{{hasKey $m \"k\"}} {{keys $m}} {{values $m}} {{append (list 1) 2}} {{pluck \"k\" $m (dict) $m}}", "true [a k] [x 1] [1 2] [1 1]")]
    [InlineData("{{sha256sum \"abc\"}}", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("{{required \"no name\" \"n\"}}", "n")]
    [InlineData("{{join (list 1 2.5 \"a\" true) \"-\"}} {{join (jsonArray \"[1,\\\"b\\\"]\") \",\"}} {{join (split \"a b\" \" \") \"+\"}} {{join (seq 1 3) \"\"}}", "1-2.5-a-true 1,b a+b 123")]
    [InlineData("{{regexReplaceAll \"a*\" \"baaac\" \"x\"}} {{regexReplaceAll \"[[:digit:]]+\" \"a12é\" \"→\"}}", "xbxcx a→é")]
    [InlineData("{{(fromJsonExact \"[9007199254740993, 18446744073709551615, 1.5, 1e2]\")}}", "[9007199254740993 18446744073709551615 1.5 100]")]
    public void The_fork_s_functions_are_in_every_set(string text, string expected)
    {
        Render(TemplateLanguage.Go, text).Text().Should().Be(expected);
    }

    [Theory]
    [InlineData(FunctionSet.Confd)]
    [InlineData(FunctionSet.Abtreece)]
    [InlineData(FunctionSet.ConsulTemplate)]
    public void Filter_max_and_min_are_in_every_set(FunctionSet set)
    {
        var result = Render(TemplateLanguage.Go, "{{filter \"^a\" (list \"a\" \"b\")}} {{max 1 3 2}} {{min 4 \"3\" 5}} {{max 7}} {{printf \"%T\" (max 1 2)}}",
            options: new() { Functions = set });

        result.Text().Should().Be("[a] 3 3 7 int64");
    }

    [Theory]
    [InlineData("{{seq 3 1}} {{seq 1 3}}", "[3 2 1] [1 2 3]")]
    [InlineData("{{$a := split \"a b\" \" \"}}{{$b := reverse $a}}{{$a}}{{$b}}", "[a b][b a]")]
    public void The_abtreece_set_behaves_as_the_fork(string text, string expected)
    {
        Render(TemplateLanguage.Go, text, options: new() { Functions = FunctionSet.Abtreece }).Text().Should().Be(expected);
    }

    [Theory]
    [InlineData("{{add \"1\" 1}} {{add \"1.5\" 1}} {{sub \"2\" 1}} {{mul \"3\" 2}} {{add \"0.0\" 0}}", "2 2.5 1 6 0")]
    [InlineData("{{div \"3\" 2}} {{div \"3.00\" 2}} {{mod \"3\" 2}}", "1 1.5 1")]
    [InlineData("{{max 2 3}} {{max \"1.5\" 1}} {{min 2 \"1\"}}", "3 1.5 1")]
    [InlineData("{{eq \"1\" 1}} {{eq \"1.0\" \"1\"}} {{eq \"a\" \"a\"}} {{ne \"a\" \"b\"}} {{eq (list 1 \"a\") (list 1 \"a\")}}", "true true true true true")]
    [InlineData("{{gt \"10\" \"9\"}} {{lt \"abc\" 1}} {{lt \"abc\" \"abd\"}} {{ge (list 1 2) 2}}", "true true true true")]
    [InlineData("{{base64Encode \"hi\"}} {{base64Decode \"aGk=\"}} {{toYaml (split \"a b\" \" \")}}", "aGk= hi - a\n- b\n")]
    [InlineData("{{filter \"a[12]\" (list \"a1\" \"b1\" 3 \"xa2\")}} {{filter \"^v\" (gets \"/k/*\")}}", "[a1 xa2] [{/k/1 v1}]")]
    public void The_yunify_set_calculates_with_texts(string text, string expected)
    {
        var keys = KeysOf(("/k/1", "v1"), ("/k/2", "w2"));

        Render(TemplateLanguage.Go, text, keys, new() { Functions = FunctionSet.Yunify }).Text().Should().Be(expected);
    }

    [Theory]
    [InlineData(FunctionSet.Confd, "{{div 1 0}}", "error calling div: runtime error: integer divide by zero")]
    [InlineData(FunctionSet.Abtreece, "{{div 1 0}}", "error calling div: division by zero")]
    [InlineData(FunctionSet.Abtreece, "{{mod 1 0}}", "error calling mod: modulo by zero")]
    [InlineData(FunctionSet.Yunify, "{{div 1 \"0.0\"}}", "error calling div: Can't divide the value by 0")]
    [InlineData(FunctionSet.Yunify, "{{add \"x\" 1}}", "error calling add: Can't apply the operator to the value [x] ,err [strconv.ParseInt: parsing \"x\": invalid syntax]")]
    [InlineData(FunctionSet.Yunify, "{{getv \"/gone\" \"\"}}", "error calling getv: key does not exist: /gone")]
    [InlineData(FunctionSet.Yunify, "{{base64Encode 5}}", "error calling base64Encode: unsupported type int")]
    [InlineData(FunctionSet.Confd, "{{required \"no name\" \"\"}}", "error calling required: no name")]
    [InlineData(FunctionSet.Confd, "{{fail \"stop\"}}", "error calling fail: stop")]
    [InlineData(FunctionSet.Confd, "{{include \"../x\"}}", "error calling include: include path \"../x\" is outside template directory")]
    [InlineData(FunctionSet.Confd, "{{join (list (list 1)) \",\"}}", "error calling join: wrong type for element; expected string; got []interface {}")]
    [InlineData(FunctionSet.Confd, "{{include \"x\"}}", "error calling include: include x: open x: no such file or directory")]
    public void A_function_that_fails_says_why(FunctionSet set, string text, string expected)
    {
        Render(TemplateLanguage.Go, text, options: new() { Functions = set }).Error!.Message.Should().Be(expected);
    }

    [Fact]
    public void Included_templates_see_their_data_and_are_no_cycle()
    {
        var host = Host with
        {
            ReadTemplate = name => name switch
            {
                "parts/head.tmpl" => "port {{.port}} {{include \"tail\"}}"u8.ToArray(),
                "tail" => "end"u8.ToArray(),
                "loop" => "{{include \"loop\"}}"u8.ToArray(),
                _ => null,
            },
        };

        var included = Render(TemplateLanguage.Go, "{{include \"parts/head.tmpl\" (map \"port\" 80)}}", host: host);
        var looping = Render(TemplateLanguage.Go, "{{include \"loop\"}}", host: host);

        included.Text().Should().Be("port 80 end");
        looping.Error!.Message.Should().Contain("include cycle detected: loop is already being processed");
    }
}
