using Microsoft.Extensions.Logging;
using Sync.Metad.Options;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>Settings from the command line, the environment and the file.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        var options = Load([]);

        options.Backend.Should().Be(BackendKind.Local);
        options.Nodes.Should().BeEmpty();
        options.LogLevel.Should().Be(LogLevel.Information);
        (options.Listen, options.ListenManage).Should().Be((":80", "127.0.0.1:9611"));
        (options.Group, options.Prefix, options.ForwardedFor).Should().Be(("default", "", false));
        options.Warnings.Should().BeEmpty();
    }

    [Theory]
    [InlineData("--listen", ":8080")]
    [InlineData("-listen", ":8080")]
    [InlineData("--listen=:8080")]
    [InlineData("-listen=:8080")]
    [InlineData("--xff", "--listen", ":8080")]
    [InlineData("--listen", ":1", "--listen", ":8080")]
    public void A_flag_takes_one_or_two_dashes(params string[] arguments) =>
        Load(arguments).Listen.Should().Be(":8080");

    [Theory]
    [InlineData("--xff", true)]
    [InlineData("-xff", true)]
    [InlineData("--xff=true", true)]
    [InlineData("--xff=1", true)]
    [InlineData("--xff=false", false)]
    [InlineData("-xff=F", false)]
    public void A_switch_stands_alone(string argument, bool expected) =>
        Load([argument]).ForwardedFor.Should().Be(expected);

    [Fact]
    public void Nodes_are_repeated_or_separated_by_commas() =>
        Load(["--nodes", "a:1,b:2", "--nodes", "c:3"]).Nodes.Should().Equal("a:1", "b:2", "c:3");

    [Theory]
    [InlineData("--password=c2VjcmV0Cg==", "c2VjcmV0Cg==")]
    [InlineData("--password=-dash:colon", "-dash:colon")]
    [InlineData("--password=", "")]
    public void A_value_is_taken_as_it_is(string argument, string expected) =>
        Load([argument]).Password.Should().Be(expected);

    [Theory]
    [InlineData("etcd", "Etcd")]
    [InlineData("etcdv3", "Etcd")]
    [InlineData("", "Etcd")]
    [InlineData("local", "Local")]
    public void A_backend_has_several_names(string name, string expected) =>
        Load([$"--backend={name}"]).Backend.ToString().Should().Be(expected);

    [Theory]
    [InlineData("--bogus", "flag provided but not defined: --bogus")]
    [InlineData("-bogus=1", "flag provided but not defined: --bogus=1")]
    [InlineData("stray", "stray argument: stray")]
    [InlineData("--xff|false|--listen|:8080", "stray argument: false")]
    public void What_is_no_flag_is_refused(string line, string problem) =>
        CommandLine.Parse(line.Split('|')).Should().BeOfType<CommandLine.Unusable>()
            .Which.Problems.Should().ContainSingle().Which.Should().StartWith(problem);

    [Theory]
    [InlineData("--backend=bad", "--backend: Invalid backend \"bad\"")]
    [InlineData("--log_level=loud", "--log_level: not a valid level: \"loud\"; use debug, info, warning, error, fatal or panic.")]
    [InlineData("--listen=80", "--listen: \"80\" is no address")]
    [InlineData("--listen=[::1:80", "--listen: ")]
    [InlineData("--xff=maybe", "--xff: \"maybe\" is neither")]
    [InlineData("--wait_quiet=251", "--wait_quiet: \"251\"")]
    [InlineData("--trusted_proxies=10.0.0.0/40", "--trusted_proxies: \"10.0.0.0/40\"")]
    [InlineData("--group=a/b", "--group: ")]
    [InlineData("--client_cert=x", "client_cert and client_key")]
    [InlineData("--client_ca_keys=/nowhere", "/nowhere does not exist")]
    [InlineData("--config=/nowhere", "/nowhere cannot be read")]
    [InlineData("--snapshot_file=/tmp/kept", "snapshot_file keeps the keys of a store")]
    public void A_value_that_cannot_be_is_told_with_its_flag(string argument, string problem)
    {
        var load = () => Load([argument]);

        load.Should().Throw<FormatException>().WithMessage(problem + "*");
    }

    [Fact]
    public void A_file_of_authorities_without_one_is_refused()
    {
        var load = () => Load(["--client_ca_keys", _folder.Write("ca.pem", "no certificate")]);

        load.Should().Throw<FormatException>().WithMessage("*holds no certificate*");
    }

    [Fact]
    public void A_file_sets_everything_and_flags_win()
    {
        var file = _folder.Write("metad.yaml", """
            backend: etcdv3
            nodes:
              - http://a:2379
              - http://b:2379
            log_level: debug
            pid_file: /tmp/pid
            xff: true
            trusted_proxies: [10.0.0.0/8]
            prefix: /p
            Group: g1
            only_self: true
            listen: ":8080"
            listen_manage: 127.0.0.1:9999
            basic_auth: true
            username: u
            password: secret
            surprise: 1
            """);

        var options = Load(["--config", file, "--listen", ":9090", "--nodes", "http://c:2379"]);

        (options.Backend, options.LogLevel, options.PidFile).Should().Be((BackendKind.Etcd, LogLevel.Debug, "/tmp/pid"));
        options.Nodes.Should().Equal("http://c:2379");
        options.TrustedProxies.Should().Equal("10.0.0.0/8");
        (options.ForwardedFor, options.OnlySelf, options.BasicAuth).Should().Be((true, true, true));
        (options.Prefix, options.Group, options.Listen).Should().Be(("/p", "g1", ":9090"));
        (options.ListenManage, options.Username, options.Password).Should().Be(("127.0.0.1:9999", "u", "secret"));
        options.Warnings.Should().ContainSingle().Which.Should().Contain("line 17").And.Contain("surprise");
    }

    [Theory]
    [InlineData("group: g2", "g2")]
    [InlineData("Group: g3", "g3")]
    public void The_group_has_two_spellings_in_a_file(string line, string expected) =>
        Load(["--config", _folder.Write("g.yaml", line)]).Group.Should().Be(expected);

    [Theory]
    [InlineData("listen: [a, b]", "line 1: listen: one value is wanted")]
    [InlineData("xff: true\nlog_level: loud", "line 2: log_level: not a valid level")]
    [InlineData("a: b: c", "line 1")]
    [InlineData("- x", "no list of names")]
    public void A_file_that_cannot_be_used_names_the_line(string text, string problem)
    {
        var file = _folder.Write("bad.yaml", text);

        var load = () => Load(["--config", file]);

        load.Should().Throw<FormatException>().WithMessage($"{file}*{problem}*");
    }

    [Fact]
    public void An_empty_file_sets_nothing() =>
        Load(["--config", _folder.Write("empty.yaml", "")]).Listen.Should().Be(":80");

    [Fact]
    public void The_environment_wins_over_the_file_and_flags_over_both()
    {
        var file = _folder.Write("e.yaml", "listen: \":1\"\nprefix: /file\ngroup: file");

        var options = Load(["--config", file, "--group", "flag"], new()
        {
            ["METAD_PREFIX"] = "/environment",
            ["METAD_GROUP"] = "environment",
        });

        (options.Listen, options.Prefix, options.Group).Should().Be((":1", "/environment", "flag"));
    }

    [Theory]
    [InlineData(":80", null, 80)]
    [InlineData("127.0.0.1:9611", "127.0.0.1", 9611)]
    [InlineData("[::1]:80", "::1", 80)]
    [InlineData("localhost:0", "127.0.0.1", 0)]
    public void An_address_to_listen_on_is_host_and_port(string text, string? host, int port) =>
        ListenAddress.Parse(text).Should().Be(
            new ListenAddress.Tcp(host is null ? null : System.Net.IPAddress.Parse(host), port));

    private static MetadOptions Load(string[] arguments, Dictionary<string, string>? environment = null) =>
        ConfigurationLoader.Load(
            CommandLine.Parse(arguments).Should().BeOfType<CommandLine.Run>().Subject,
            name => environment?.GetValueOrDefault(name));
}
