using Sync.Confd.Tests.EndToEnd;
using Sync.TestKit;

namespace Sync.Confd.Tests.Authoring;

public sealed class RenderCommandTests : IDisposable
{
    private readonly AuthoringRun _confd = new();

    public void Dispose() => _confd.Dispose();

    [Theory]
    [InlineData("keys.json", """{"app": {"name": "web", "port": 80}}""")]
    [InlineData("keys.json", """{"/app/name": "web", "/app/port": "80"}""")]
    [InlineData("keys.yaml", "app:\n  name: web\n  port: 80\n")]
    [InlineData("keys.txt", "/app/name=web\n/app/port=80\n")]
    [InlineData("dump", "/app/name\nweb\n/app/port\n80\n")]
    [InlineData("etcd.json", """{"header":{"revision":5},"kvs":[{"key":"L2FwcC9uYW1l","value":"d2Vi"},{"key":"L2FwcC9wb3J0","value":"ODA="}],"count":2}""")]
    [InlineData("consul.json", """[{"key":"app/name","flags":0,"value":"d2Vi"},{"key":"app/port","flags":0,"value":"ODA="}]""")]
    public async Task Data_comes_from_JSON_YAML_or_a_dump_of_keys(string file, string content)
    {
        var template = _confd.Write("x.tmpl", "{{getv \"/app/name\"}}:{{getv \"/app/port\"}}\n");

        var code = await _confd.RunAsync("render", template, "--data", _confd.Write(file, content));

        (code, _confd.Output, _confd.Error).Should().Be((0, "web:80\n", ""));
    }

    [Fact]
    public async Task A_document_is_also_the_dot_and_set_overrides_keys()
    {
        var template = _confd.Write("x.tmpl", "{{.app.name}} {{range .list}}{{.}},{{end}} {{getv \"/app/name\"}} {{getv \"/new\"}}");
        var data = _confd.Write("keys.json", """{"app": {"name": "web"}, "list": [1, 2.5]}""");

        var code = await _confd.RunAsync("render", template, "-data", data, "-set", "app/name=api", "-set", "/new=a=b");

        (code, _confd.Output).Should().Be((0, "web 1,2.5, api a=b"));
    }

    [Fact]
    public async Task Scriban_and_the_function_sets_are_chosen_by_name_and_by_flag()
    {
        var scriban = _confd.Write("x.sbn", "{{ for pair in gets '/a/*' }}{{ pair.value }}{{ end }}");
        var consul = _confd.Write("y.tmpl", "{{\"a,b\" | split \",\" | join \"-\"}} {{key \"a/b\"}}");
        var newer = _confd.Write("z.tmpl", "{{range 2}}{{.}}{{end}}");

        var codes = new[]
        {
            await _confd.RunAsync("render", scriban, "-set", "/a/b=1"), await _confd.RunAsync("render", consul, "-set", "a/b=1", "-funcs", "consul-template"),
        };

        codes.Should().Equal(0, 0);
        _confd.Output.Should().Be("a-b 1");
        (await _confd.RunAsync("render", newer)).Should().Be(1);
        (await _confd.RunAsync("render", newer, "-go-syntax", "1.24")).Should().Be(0);
    }

    [Fact]
    public async Task An_error_names_file_line_column_and_key_and_shows_the_line_with_a_caret()
    {
        var template = _confd.Write("app.conf.tmpl", "# app\n\tport {{ getv \"/app/port\" }};\n");

        var code = await _confd.RunAsync("render", template);

        code.Should().Be(1);
        _confd.Output.Should().BeEmpty();
        _confd.Error.Should().Be($$$"""
            template: app.conf.tmpl:2:9: executing "app.conf.tmpl" at <getv "/app/port">: error calling getv: key does not exist: /app/port
              --> {{{template}}}:2:10
            2 | 	port {{ getv "/app/port" }};
              | 	        ^
              key: /app/port

            """);
    }

    [Fact]
    public async Task Every_fault_of_a_Scriban_template_is_shown()
    {
        var template = _confd.Write("bad.sbn", "{{ if }}\n{{ 1 + }}\n{{ end }}");

        var code = await _confd.RunAsync("render", template);

        code.Should().Be(1);
        _confd.Error.Should().Contain("1 | {{ if }}").And.Contain("2 | {{ 1 + }}").And.Contain("^");
    }

    [Fact]
    public async Task Nothing_is_written_when_a_template_fails_late()
    {
        var template = _confd.Write("x.tmpl", "{{range seq 1 9}}{{.}}{{end}}{{fail \"no\"}}");

        (await _confd.RunAsync("render", template)).Should().Be(1);
        _confd.Output.Should().BeEmpty();
    }

    [Fact]
    public async Task Includes_stay_below_the_template_s_folder()
    {
        _confd.Write("secret", "s");
        _confd.Write("t/part.tmpl", "part");
        var inside = _confd.Write("t/x.tmpl", "{{include \"part.tmpl\"}}");
        var outside = _confd.Write("t/y.tmpl", "{{include \"../secret\"}}");
        File.CreateSymbolicLink(_confd.At("t/link.tmpl"), _confd.At("secret"));
        var link = _confd.Write("t/z.tmpl", "{{include \"link.tmpl\"}}");

        (await _confd.RunAsync("render", inside)).Should().Be(0);
        _confd.Output.Should().Be("part");
        (await _confd.RunAsync("render", outside)).Should().Be(1);
        _confd.Error.Should().Contain("outside template directory");
        (await _confd.RunAsync("render", link)).Should().Be(1);
    }

    [Fact]
    public async Task Scriban_reaches_outside_only_when_it_is_allowed()
    {
        var template = _confd.Write("x.sbn", "{{ file_exists '/' }}");

        (await _confd.RunAsync("render", template)).Should().Be(1);
        (await _confd.RunAsync("render", template, "-scriban-outside")).Should().Be(0);
        _confd.Output.Should().Be("true");
    }

    [Theory]
    [InlineData("{{range seq 1 50}}{{end}}", "-template-loops-max", "10", "loop iterations")]
    [InlineData("{{printf \"%500d\" 1}}", "-template-output-max", "100", "100 bytes")]
    [InlineData("{{define \"a\"}}{{template \"a\"}}{{end}}{{template \"a\"}}", "-template-depth-max", "5", "depth (5)")]
    [InlineData("{{range seq 1 900000}}{{$text := printf \"%20000d\" 1}}{{end}}", "-template-timeout", "1ms", "limit of 0.001 s")]
    public async Task Each_limit_is_an_option(string text, string flag, string value, string message)
    {
        var template = _confd.Write("x.tmpl", text);

        (await _confd.RunAsync("render", template, flag, value)).Should().Be(1);
        _confd.Error.Should().Contain(message);
    }

    [Theory]
    [InlineData("confd render takes exactly one FILE", "render")]
    [InlineData("confd render takes exactly one FILE", "render", "a", "b")]
    [InlineData("-update belongs to confd test", "render", "a", "-update")]
    [InlineData("-data belongs to confd render and confd convert", "-data", "x", "-onetime")]
    public async Task A_wrong_command_line_is_told_and_exits_2(string message, params string[] words)
    {
        (await _confd.RunAsync(words)).Should().Be(2);
        _confd.Error.Should().Contain(message);
    }

    [Theory]
    [InlineData("render", "--data")]
    [InlineData("convert", "--to")]
    [InlineData("test", "--update")]
    public async Task Each_command_has_help(string verb, string flag)
    {
        (await _confd.RunAsync(verb, "--help")).Should().Be(0);
        _confd.Output.Should().Contain(flag).And.Contain("--funcs");
    }

    [Fact]
    public async Task A_file_backend_is_data_too()
    {
        var template = _confd.Write("x.tmpl", "{{getv \"/name\"}}");
        var keys = _confd.Write("k.yaml", "app:\n  name: web\n");

        (await _confd.RunAsync("render", template, "-backend", "file", "-file", keys, "-prefix", "/app")).Should().Be(0);
        _confd.Output.Should().Be("web");
    }

    [DebianFact("etcd")]
    public async Task A_live_store_is_data_too()
    {
        var limit = Deadline.In(TimeSpan.FromSeconds(60));
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Etcd, data.At("data"), limit);
        using var client = StorePrograms.ClientOf(server);
        await client.PutAsync("/app/name", "web", cancellation: limit);
        var template = _confd.Write("x.tmpl", "{{getv \"/app/name\"}}");

        (await _confd.RunAsync("render", template, "-backend", "etcdv3", "-node", server.ClientUrl.ToString())).Should().Be(0);
        _confd.Output.Should().Be("web");
    }
}
