namespace Sync.Confd.Tests.Authoring;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly AuthoringRun _confd = new();

    public void Dispose() => _confd.Dispose();

    [Fact]
    public async Task A_conversion_is_written_and_proved_with_the_data()
    {
        var template = _confd.Write("x.tmpl", "{{range gets \"/up/*\"}}server {{.Value}};\n{{end}}");
        var data = _confd.Write("k.json", """{"up": {"a": "1", "b": "2"}}""");

        (await _confd.RunAsync("convert", template, "-data", data, "-to", _confd.At("x.sbn"))).Should().Be(0);
        _confd.Error.Should().Be($"both render the same 20 bytes with {data}\n");
        (await File.ReadAllTextAsync(_confd.At("x.sbn"))).Should().Be("{{ for item in (gets \"/up/*\") }}server {{ item.value }};\n{{ end }}");
    }

    [Fact]
    public async Task A_conversion_that_renders_something_else_is_told_with_the_difference()
    {
        var template = _confd.Write("x.tmpl", "n {{(json (getv \"/j\")).n}}\n");
        var data = _confd.Write("k.json", """{"j": "{\"n\": 12345678}"}""");

        (await _confd.RunAsync("convert", template, "-data", data)).Should().Be(1);
        _confd.Error.Should().Contain("the two differ").And.Contain("-n 1.2345678e+07").And.Contain("+n 12345678");
    }

    [Fact]
    public async Task A_conversion_that_renders_something_else_leaves_the_file_alone()
    {
        var template = _confd.Write("x.tmpl", "n {{(json (getv \"/j\")).n}}\n");
        var data = _confd.Write("k.json", """{"j": "{\"n\": 12345678}"}""");
        var target = _confd.Write("x.sbn", "former");

        (await _confd.RunAsync("convert", template, "-data", data, "-to", target)).Should().Be(1);
        _confd.Error.Should().Contain($"{target} is not written");
        (await File.ReadAllTextAsync(target)).Should().Be("former");
    }

    [Fact]
    public async Task A_conversion_that_cannot_be_tried_for_want_of_keys_is_marked()
    {
        var template = _confd.Write("x.tmpl", "{{getv \"/app/port\" | atoi | add 1}}\n");
        var other = _confd.Write("k.json", """{"app": {"name": "web"}}""");

        (await _confd.RunAsync("convert", template)).Should().Be(0);
        _confd.Output.Should().Be("{{ ## not proved ## }}{{ add 1 (atoi (getv \"/app/port\")) }}\n");
        _confd.Error.Should().Contain("not proved with no data: the template asks for /app/port, which is missing");
        (await _confd.RunAsync("convert", template, "-data", other, "-to", _confd.At("x.sbn"))).Should().Be(1);
        (await _confd.RunAsync("render", _confd.At("x.sbn"), "-set", "/app/port=80")).Should().Be(0);
        _confd.Output.Should().Be("81\n");
    }

    [Fact]
    public async Task A_template_that_fails_for_another_reason_is_not_converted()
    {
        var template = _confd.Write("x.tmpl", "{{getv \"/app/port\" \"x\" | atoi}} {{fail \"no\"}}\n");

        (await _confd.RunAsync("convert", template, "-set", "/app/port=80", "-to", _confd.At("x.sbn"))).Should().Be(1);
        _confd.Error.Should().Contain("error calling fail: no");
        File.Exists(_confd.At("x.sbn")).Should().BeFalse();
    }

    [Fact]
    public async Task What_has_no_counterpart_is_shown_with_its_line()
    {
        var template = _confd.Write("x.tmpl", "a\n{{datetime.Format \"2006\"}}\n");

        (await _confd.RunAsync("convert", template)).Should().Be(1);
        _confd.Output.Should().BeEmpty();
        _confd.Error.Should().Contain("x.tmpl:2:3").And.Contain("2 | {{datetime.Format").And.Contain("^");
    }

    [Theory]
    [InlineData("nginx", "nginx.conf.tmpl")]
    [InlineData("redis", "redis.conf.tmpl")]
    public async Task The_Go_templates_of_the_library_convert_and_render_the_same(string application, string template)
    {
        var folder = Sync.TestKit.Repository.At("templates", "library", application);

        var code = await _confd.RunAsync("convert", Path.Combine(folder, "templates", template),
            "-data", Path.Combine(folder, "sample", "keys.json"), "-to", _confd.At("out.sbn"));

        _confd.Error.Should().StartWith("both render the same");
        code.Should().Be(0);
    }
}
