namespace Sync.Confd.Tests.Authoring;

public sealed class GoldenTestCommandTests : IDisposable
{
    private readonly AuthoringRun _confd = new();

    public GoldenTestCommandTests()
    {
        _confd.Write("conf.d/a.toml", "[template]\nsrc = \"a.tmpl\"\ndest = \"/etc/a.conf\"\nkeys = [\"/app\"]\nprefix = \"/p\"\n");
        _confd.Write("templates/a.tmpl", "name {{getv \"/app/name\"}} {{getenv \"ZONE\" \"none\"}}\n");
        _confd.Write("tests/basic/keys.json", """{"p": {"app": {"name": "web"}}}""");
    }

    public void Dispose() => _confd.Dispose();

    [Fact]
    public async Task A_test_passes_when_the_golden_file_is_what_is_rendered()
    {
        _confd.Write("tests/basic/a.conf.golden", "name web north\n");
        _confd.Write("tests/basic/environment", "ZONE=north\n");

        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(0);
        _confd.Output.Should().Be("ok   basic: a.conf\n1 passed, 0 failed\n");
    }

    [Fact]
    public async Task A_difference_is_shown_and_exits_1()
    {
        _confd.Write("tests/basic/a.conf.golden", "name api none\n");

        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(1);
        _confd.Output.Should().Contain("FAIL basic: a.conf").And.Contain("-name api none\n+name web none\n").And.EndWith("0 passed, 1 failed\n");
    }

    [Fact]
    public async Task An_expected_error_passes_and_an_unexpected_one_fails()
    {
        _confd.Write("tests/basic/a.conf.golden", "name web none\n");
        _confd.Write("tests/empty/keys.yaml", "p:\n  other: x\n");
        _confd.Write("tests/empty/a.conf.error", "key does not exist: /app/name");
        _confd.Write("tests/wrong/keys.txt", "/p/other=x\n");
        _confd.Write("tests/wrong/a.conf.golden", "x");

        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(1);
        _confd.Output.Should().Contain("ok   basic: a.conf").And.Contain("ok   empty: a.conf").And.Contain("FAIL wrong: a.conf: Unable to process template");
    }

    [Fact]
    public async Task Golden_files_can_be_written_anew()
    {
        (await _confd.RunAsync("test", _confd.At("."), "-update")).Should().Be(0);
        (await File.ReadAllTextAsync(_confd.At("tests/basic/a.conf.golden"))).Should().Be("name web none\n");
        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(0);
    }

    [Fact]
    public async Task A_template_knows_its_resource()
    {
        _confd.Write("conf.d/b.toml", "[template]\nsrc = \"b.sbn\"\ndest = \"/etc/b.conf\"\nkeys = [\"/app\"]\nprefix = \"/p\"\n");
        _confd.Write("templates/b.sbn", "{{ resource.src }} {{ resource.dest }} {{ resource.prefix }}\n");
        _confd.Write("tests/basic/b.conf.golden", "b.sbn /etc/b.conf /p\n");

        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(0, _confd.Output);
    }

    [Fact]
    public async Task A_resource_holds_its_template_and_says_how_it_is_read()
    {
        _confd.Write("conf.d/b.toml", """
            [[template]]
            contents = "{{ not << key \"/app/name\" | toUpper >> an action }}\n"
            dest = "/etc/b.conf"
            keys = ["/app"]
            prefix = "/p"
            funcs = "consul-template"
            delims = ["<<", ">>"]

            [[template]]
            contents = "{{(map \"a\" 1).b}}"
            dest = "/etc/c.conf"
            missing_key = "error"

            [[template]]
            contents = "{{ getv '/app/name' }}\n"
            engine = "scriban"
            dest = "/etc/d.conf"
            keys = ["/p/app"]
            prefix = "/p"
            """);
        _confd.Write("tests/basic/b.conf.golden", "{{ not WEB an action }}\n");
        _confd.Write("tests/basic/c.conf.error", "b.toml:1:11: executing \"b.toml\"");

        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(0, _confd.Output);
        _confd.Output.Should().EndWith("2 passed, 0 failed\n");
    }

    [Fact]
    public async Task What_tests_nothing_fails()
    {
        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(1);
        _confd.Error.Should().Contain("has no tests");

        _confd.Write("tests/basic/b.conf.golden", "");
        (await _confd.RunAsync("test", _confd.At("."))).Should().Be(1);
        _confd.Output.Should().Contain("b.conf.golden: belongs to no resource");
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    [InlineData("redis")]
    [InlineData("prometheus")]
    public async Task The_template_library_passes_its_own_tests(string application)
    {
        (await _confd.RunAsync("test", Sync.TestKit.Repository.At("templates", "library", application))).Should().Be(0);
        _confd.Output.Should().EndWith("1 passed, 0 failed\n");
    }
}
