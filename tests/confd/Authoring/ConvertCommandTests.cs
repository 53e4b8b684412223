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
