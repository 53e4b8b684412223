using System.Globalization;
using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>One-time runs over the file backend, which needs no server.</summary>
public sealed class OneTimeTests : IDisposable
{
    private const string Database = """
        hostname: {{ getenv "HOSTNAME" }}

        [database]
        host={{ getv "/database/host" }}
        password={{ getv "/database/password" }}
        port={{ getv "/database/port" }}
        username={{ getv "/database/username" }}

        """;

    private const string DatabaseFile =
        "hostname: localhost\n\n[database]\nhost=127.0.0.1\npassword=p@sSw0rd\nport=3306\nusername=confd\n";

    private const string DatabaseKeys =
        "\"/database/host\", \"/database/password\", \"/database/port\", \"/database/username\"";

    private readonly ConfdRun _confd = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromSeconds(120));

    public void Dispose() => _confd.Dispose();

    [Fact]
    public async Task The_example_resources_of_confd_give_their_expected_files()
    {
        var basic = _confd.Declare("basic", Database, $"keys = [{DatabaseKeys}]", "mode = \"0644\"");
        var many = _confd.Declare(
            "many", Database, $"keys = [{string.Join(", ", Enumerable.Repeat(DatabaseKeys, 40))}]");
        var exists = _confd.Declare("exists",
            "{{- if exists \"/key\" }}value: {{ getv \"/key\" }}{{ end -}}{{- if exists \"/doesnotexist\" }}no{{ end }}",
            "keys = [\"/key\"]");
        var iteration = _confd.Declare("iteration",
            "upstream app {{\"{\"}}\n{{- range gets \"/upstream/*\" }}\n  server {{ .Value }};\n{{- end }}\n}\n",
            "keys = [\"/upstream\"]");
        var prefixed = _confd.Declare(
            "prefixed", "{{ getv \"/database/port\" }}", "prefix = \"/prefix\"", "keys = [\"/database\"]");

        (await RunAsync()).Should().Be(0, _confd.Log.Tail(20));

        Text(basic).Should().Be(DatabaseFile);
        Text(many).Should().Be(DatabaseFile);
        Text(exists).Should().Be("value: foobar");
        Text(iteration).Should().Be("upstream app {\n  server 10.0.1.10:8080;\n  server 10.0.1.11:8080;\n}\n");
        Text(prefixed).Should().Be("3307");
    }

    [Fact]
    public async Task One_broken_resource_stops_no_other_and_the_exit_code_tells_of_it()
    {
        var good = _confd.Declare("good", "{{ getv \"/key\" }}", "keys = [\"/key\"]");
        var syntax = _confd.Declare("syntax", "{{ getv \"/key\" ", "keys = [\"/key\"]");
        _confd.Write("conf.d/inline.toml", "[template]\ncontents = \"{{\"\ndest = \"/nowhere\"");
        var absent = _confd.Declare("absent", "{{ getv \"/nothing\" }}", "keys = [\"/key\"]");
        _confd.Declare("toml", "x", "mode = ");
        _confd.Declare("wrong", "x", "mode = \"rw\"");
        File.Delete(_confd.At("templates/wrong.tmpl"));
        _confd.Write("conf.d/gone.toml", $"[template]\nsrc = \"no.tmpl\"\ndest = \"{_confd.At("out/gone")}\"");

        (await RunAsync()).Should().Be(1);

        Text(good).Should().Be("foobar");
        new[] { syntax, absent, _confd.At("out/gone") }.Should().OnlyContain(path => !File.Exists(path));
        Errors().Should().HaveCount(6);
        Errors().Should().ContainSingle(line => line.EndsWith($"Missing template: {_confd.At("templates/no.tmpl")}"));
        Errors().Should().ContainSingle(line => line.Contains("toml.toml:4: TOML parse error:"));
        Errors().Should().ContainSingle(line => line.Contains("wrong.toml:4: mode: must be a valid octal value"));
        Errors().Should().ContainSingle(line => line.Contains(
            $"Unable to process template {_confd.At("templates/syntax.tmpl")}, template: syntax.tmpl:1: unclosed action"
            + $"; correct it and try it with: confd render {_confd.At("templates/syntax.tmpl")}"));
        Errors().Should().ContainSingle(line => line.Contains(
            $"Unable to process template {_confd.At("conf.d/inline.toml")}, template: inline.toml:1: ")
            && line.EndsWith("; correct contents there"));
        Errors().Should().ContainSingle(line => line.Contains(
            "template: absent.tmpl:1:3: executing \"absent.tmpl\" at <getv \"/nothing\">: error calling getv: "
            + "key does not exist: /nothing"));
    }

    [Fact]
    public async Task Fail_fast_stops_at_the_first_resource_that_fails()
    {
        _confd.Declare("a", "{{ getv \"/nothing\" }}", "keys = [\"/key\"]");
        var later = _confd.Declare("b", "x", "keys = [\"/key\"]");

        (await RunAsync("-failure-mode", "fail-fast")).Should().Be(1);

        File.Exists(later).Should().BeFalse();
    }

    [Fact]
    public async Task A_check_sees_the_new_content_and_the_reload_comes_after_the_file()
    {
        var file = _confd.Declare("a", "new", "keys = [\"/key\"]",
            $"check_cmd = \"cat {{{{.src}}}} >> {_confd.At("order")}; echo ' checked' >> {_confd.At("order")}\"",
            $"reload_cmd = \"cat {{{{.dest}}}} $CONFD_DEST >> {_confd.At("order")}; echo ' reloaded' >> {_confd.At("order")}\"");
        _confd.Write("out/a", "old");

        (await RunAsync()).Should().Be(0, _confd.Log.Tail(20));
        (await RunAsync()).Should().Be(0, "nothing is left to do");

        Text(file).Should().Be("new");
        Text(_confd.At("order")).Should().Be("new checked\nnewnew reloaded\n");
    }

    [Fact]
    public async Task A_failing_check_leaves_the_file_and_runs_no_reload()
    {
        var file = _confd.Declare("a", "new", "keys = [\"/key\"]",
            "check_cmd = \"echo nonsense in line 5 >&2; exit 1\"", $"reload_cmd = \"touch {_confd.At("reloaded")}\"");
        _confd.Write("out/a", "old");

        (await RunAsync()).Should().Be(1);

        Text(file).Should().Be("old");
        File.Exists(_confd.At("reloaded")).Should().BeFalse();
        Errors().Should().HaveCount(2);
        Errors()[0].Should().EndWith("ERROR \"nonsense in line 5\\n\"");
        Errors()[1].Should().EndWith("ERROR Config check failed: exit status 1");
        Directory.GetFiles(_confd.At("out")).Should().Equal(file);
    }

    [Fact]
    public async Task A_reload_that_hangs_is_ended_and_the_others_go_on()
    {
        _confd.Declare("a", "x", "keys = [\"/key\"]", "reload_cmd = \"sleep 1000\"", "reload_cmd_timeout = \"300ms\"");
        var other = _confd.Declare("b", "y", "keys = [\"/key\"]");

        (await RunAsync()).Should().Be(1);

        Text(other).Should().Be("y");
        Errors().Should().Contain(line => line.Contains("Reload sleep 1000 failed: command timed out after 300ms"));
    }

    [Fact]
    public async Task Sync_only_runs_no_command()
    {
        var file = _confd.Declare("a", "new", "check_cmd = \"exit 1\"", $"reload_cmd = \"touch {_confd.At("reloaded")}\"");

        (await RunAsync("-sync-only")).Should().Be(0);

        Text(file).Should().Be("new");
        File.Exists(_confd.At("reloaded")).Should().BeFalse();
    }

    [Fact]
    public async Task Noop_changes_nothing_and_says_what_would_change()
    {
        var file = _confd.Declare("a", "one\nnew\n", $"reload_cmd = \"touch {_confd.At("reloaded")}\"");
        _confd.Write("out/a", "one\nold\n");

        (await RunAsync("-noop")).Should().Be(0);
        _confd.Log.Lines.Should().Contain(line =>
            line.EndsWith($"WARNING Noop mode enabled. {file} will not be modified"));
        (await RunAsync("-noop", "-detailed-exitcode", "-diff")).Should().Be(3);

        Text(file).Should().Be("one\nold\n");
        File.Exists(_confd.At("reloaded")).Should().BeFalse();
        string.Join('\n', _confd.Output).Should().Be($"--- {file}\n+++ {file}\n@@ -1,2 +1,2 @@\n one\n-old\n+new");
    }

    [Fact]
    public async Task A_difference_with_a_secret_is_not_shown()
    {
        var file = _confd.Declare("a", "{{ secret \"/database/password\" }}", $"keys = [{DatabaseKeys}]");
        _confd.Write("out/a", "former");

        (await RunAsync("-noop", "-diff")).Should().Be(0);

        string.Join('\n', _confd.Output).Should().Be($"{file}: differs, not shown");
        _confd.Log.Tail(100).Should().NotContain("p@sSw0rd");
    }

    [Fact]
    public async Task The_mode_is_as_written_whatever_the_umask()
    {
        var file = _confd.Declare("a", "x", "mode = \"0666\"");

        (await RunAsync()).Should().Be(0);

        Posix.FileStatus.Of(file)!.Mode.Should().Be((UnixFileMode)438);
    }

    [Fact]
    public async Task Required_keys_and_a_least_number_of_them_guard_the_file()
    {
        var missing = _confd.Declare("a", "x", "keys = [\"/key\"]", "required_keys = [\"/key\", \"/other\"]");
        var few = _confd.Declare("b", "x", "keys = [\"/key\"]", "min_keys = 2");

        (await RunAsync()).Should().Be(1);

        new[] { missing, few }.Should().OnlyContain(path => !File.Exists(path));
        Errors().Should().Contain(line => line.Contains("required key /other is absent or empty"));
        Errors().Should().Contain(line => line.Contains("1 keys exist, min_keys asks for 2"));
    }

    [Fact]
    public async Task The_environment_gives_keys()
    {
        var file = _confd.Declare("a", "{{ getv \"/hostname\" }}", "keys = [\"/hostname\"]");

        (await _confd.RunAsync(_limit, "env", "-onetime")).Should().Be(0);

        Text(file).Should().Be("localhost");
    }

    [Theory]
    [InlineData(0, "-help")]
    [InlineData(0, "-version")]
    [InlineData(2, "-badflag")]
    [InlineData(2, "-noop=maybe")]
    [InlineData(2, "-onetime", "extra")]
    [InlineData(1, "-backend", "consul")]
    [InlineData(1, "-log-level", "bogus")]
    [InlineData(1, "-config-file", "/no/such/file")]
    public async Task The_exit_code_says_what_kind_of_fault_it_was(int code, params string[] flags) =>
        (await _confd.RunAsync(_limit, flags)).Should().Be(code, _confd.Log.Tail(5));

    [Theory]
    [InlineData("-onetime")]
    [InlineData("-watch")]
    public async Task A_node_that_is_no_address_ends_confd_with_its_place(string mode)
    {
        var file = _confd.Write("confd.toml", "prefix = \"/app\"\nnodes = [\"a b\"]");

        (await _confd.RunAsync(_limit, "-config-file", file, mode)).Should().Be(1);

        _confd.Log.Lines.Should().ContainSingle().Which.Should().EndWith(
            $"ERROR {file}:2: \"a b\" is no endpoint. Write host:port or https://host:port.");
    }

    [Fact]
    public async Task A_missing_folder_is_a_warning()
    {
        (await _confd.RunAsync(_limit, "-onetime", "-backend", "env")).Should().Be(0);

        _confd.Log.Lines.Should().Contain(line => line.Contains($"WARNING {_confd.At("conf.d")}: Found no templates"));
    }

    [Fact]
    public async Task A_store_that_is_away_fails_the_run()
    {
        _confd.Declare("a", "x", "keys = [\"/key\"]");
        var port = FreePort.Take().ToString(CultureInfo.InvariantCulture);

        (await _confd.RunAsync(_limit, "-onetime", "-node", $"127.0.0.1:{port}")).Should().Be(1);

        Errors().Should().ContainSingle().Which.Should().Contain($"etcd at 127.0.0.1:{port}: ");
    }

    [Fact]
    public async Task Checking_the_configuration_needs_no_backend()
    {
        _confd.Declare("good", "x", "keys = [\"/key\"]");
        _confd.Declare("wrong", "x", "mode = \"rw\"");

        (await _confd.RunAsync(_limit, "-check-config")).Should().Be(1);

        _confd.Output.Should().Equal(
            $"OK: {_confd.At("conf.d/good.toml")}",
            $"{_confd.At("conf.d/wrong.toml")}:4: mode: must be a valid octal value (e.g., \"0644\"), got \"rw\"",
            "Validation complete: 1/2 files passed");
    }

    [Fact]
    public async Task Values_never_become_part_of_a_command()
    {
        var marker = _confd.At("marker");
        _confd.Write("keys.yaml", $"evil: \"$(touch {marker}) `touch {marker}` ; touch {marker} ' \\\" {{{{.src}}}}\"");
        var file = _confd.Declare("a", "{{ getv \"/evil\" }}", "keys = [\"/evil\"]",
            "check_cmd = \"test -f {{.src}}\"", "reload_cmd = \"test -f {{.dest}}\"");

        (await _confd.RunAsync(_limit, "file", "-onetime", "-file", _confd.At("keys.yaml"))).Should().Be(0);

        Text(file).Should().Contain("$(touch").And.Contain("{{.src}}");
        File.Exists(marker).Should().BeFalse();
    }

    private Task<int> RunAsync(params string[] flags)
    {
        _confd.Write("keys/a.yaml", """
            key: foobar
            database: { host: 127.0.0.1, password: p@sSw0rd, port: 3306 }
            prefix: { database: { port: 3307 } }
            """);
        _confd.Write("keys/b.json", """
            {"database": {"username": "confd"}, "upstream": {"app1": "10.0.1.10:8080", "app2": "10.0.1.11:8080"}}
            """);
        return _confd.RunAsync(_limit, ["-backend", "file", "-file", _confd.At("keys"), "-onetime", .. flags]);
    }

    private List<string> Errors() => [.. _confd.Log.Lines.Where(line => line.Contains(": ERROR "))];

    private static string Text(string path) => File.ReadAllText(path);
}
