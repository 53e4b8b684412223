using Microsoft.Extensions.Logging;
using Sync.Confd.Options;
using Sync.Confd.Plan.Keys;

namespace Sync.Confd.Tests.Options;

public sealed class SettingsReaderTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Theory]
    [InlineData(false, false, false, "")]
    [InlineData(true, false, false, "/file")]
    [InlineData(true, true, false, "/variable")]
    [InlineData(true, false, true, "/flag")]
    [InlineData(false, true, false, "/variable")]
    [InlineData(false, true, true, "/flag")]
    [InlineData(true, true, true, "/flag")]
    public void A_flag_beats_a_variable_beats_the_file_beats_the_default(
        bool inFile, bool inVariable, bool asFlag, string prefix) =>
        Read(
            file: inFile ? "prefix = \"/file\"" : "",
            variables: inVariable ? new() { ["CONFD_PREFIX"] = "/variable" } : NoVariables,
            words: asFlag ? ["-prefix", "/flag"] : []).Settings!.Prefix.Should().Be(prefix);

    [Fact]
    public void A_flag_that_says_the_default_still_beats_the_file() =>
        Read("interval = 5\nnoop = true", NoVariables, "-interval", "600", "-noop=false").Settings!
            .Should().Match<ConfdSettings>(settings =>
                settings.Interval == TimeSpan.FromSeconds(600) && !settings.IsNoop);

    [Theory]
    [InlineData("", Templates.FunctionSet.Confd)]
    [InlineData("funcs = \"auto\"", Templates.FunctionSet.Confd)]
    [InlineData("funcs = \"yunify\"", Templates.FunctionSet.Yunify)]
    public void The_functions_are_confd_s_unless_others_are_named(string file, Templates.FunctionSet functions) =>
        Read(file, NoVariables).Settings!.Templates.Functions.Should().Be(functions);

    [Fact]
    public void With_metad_as_the_backend_the_functions_are_yunify_s() =>
        SettingsReader.FunctionsOf("metad").Should().Be(Templates.FunctionSet.Yunify);

    [Fact]
    public void A_list_given_later_replaces_the_whole_list() =>
        Nodes(Read("nodes = [\"a\", \"b\"]", NoVariables, "-node", "c", "-node", "d")).Should().Equal("c", "d");

    [Fact]
    public void A_list_in_a_variable_has_commas() =>
        Nodes(Read("", new() { ["CONFD_NODE"] = "a:1,b:2" })).Should().Equal("a:1", "b:2");

    [Theory]
    [InlineData("ETCDCTL_PEERS")]
    [InlineData("ETCDCTL_ENDPOINTS")]
    public void Etcdctls_variables_give_the_nodes_when_nothing_else_does(string name)
    {
        var variables = new Dictionary<string, string> { [name] = "http://a:1,http://b:2" };

        Nodes(Read("", variables)).Should().Equal("http://a:1", "http://b:2");
        Nodes(Read("", variables, "-node", "c")).Should().Equal("c");
    }

    [Theory]
    [InlineData("flag -node", "", "", "", "-node", "good", "-node", "a b")]
    [InlineData("CONFD_NODE", "", "CONFD_NODE", "good,a b")]
    [InlineData("ETCDCTL_PEERS", "", "ETCDCTL_PEERS", "good,a b")]
    [InlineData("ETCDCTL_ENDPOINTS", "", "ETCDCTL_ENDPOINTS", "good,a b")]
    [InlineData("confd.toml:2", "noop = true\nnodes = [\"good\", \"a b\"]", "", "")]
    public void A_node_that_is_no_address_is_told_with_its_place(
        string place, string file, string variable, string value, params string[] words)
    {
        var result = Read(file, new() { [variable] = value }, words);

        result.Settings.Should().BeNull();
        result.Diagnostics.Should().ContainSingle().Which.ToString().Should().Be(
            $"{place}: \"a b\" is no endpoint. Write host:port or https://host:port.");
    }

    [Theory]
    [InlineData("ftp://a", "\"ftp://a\" has the scheme ftp. Write http or https.")]
    [InlineData("a/b", "\"a/b\" has a path. An endpoint is a host and a port.")]
    [InlineData("a:70000", "\"a:70000\" is no endpoint. Write host:port or https://host:port.")]
    public void An_address_of_another_kind_is_no_node(string node, string reason) =>
        Read("", NoVariables, "-node", node).Diagnostics.Should().ContainSingle()
            .Which.ToString().Should().Be($"flag -node: {reason}");

    [Theory]
    [InlineData("sync-only = true")]
    [InlineData("sync_only = true")]
    [InlineData("SYNC_ONLY = true")]
    [InlineData("syncOnly = true")]
    public void A_key_of_the_file_may_be_spelt_in_several_ways(string file) =>
        Read(file, NoVariables).Settings!.IsSyncOnly.Should().BeTrue();

    [Fact]
    public void An_unknown_key_is_a_warning_with_the_nearest_name()
    {
        var result = Read("nodez = [\"a\"]\n[exec]\ncommand = \"x\"", NoVariables);

        result.Settings.Should().NotBeNull();
        result.Diagnostics.Select(diagnostic => diagnostic.ToString()).Should().Equal(
            "confd.toml:2: exec: unknown table, ignored",
            "confd.toml:1: nodez: unknown key, ignored; did you mean nodes?");
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_its_line()
    {
        var result = Read("noop = \"yes\"\ninterval = true\nprefix = 3", NoVariables, "-log-level", "bogus");

        result.Settings.Should().BeNull();
        result.Diagnostics.Select(diagnostic => diagnostic.ToString()).Should().Equal(
            "confd.toml:1: noop: incompatible types: TOML value has type string; write true or false",
            "confd.toml:2: interval: incompatible types: TOML value has type boolean; "
                + "write a number of seconds or a duration such as \"10m\"",
            "confd.toml:3: prefix: incompatible types: TOML value has type integer; write a string",
            "flag -log-level: not a valid level: \"bogus\"; use error, warn, info, debug or trace");
    }

    [Fact]
    public void A_broken_file_names_its_line() =>
        Read("noop = true\nprefix = ", NoVariables).Diagnostics.Should().ContainSingle()
            .Which.ToString().Should().StartWith("confd.toml:2: TOML parse error:").And.Contain("; write a line as key = ");

    [Theory]
    [InlineData("consul", "flag -backend: backend consul is not part of this version; use etcd, env or file")]
    [InlineData("nosuch", "flag -backend: Invalid backend \"nosuch\"; use etcd, env or file")]
    public void A_backend_that_is_not_here_is_told_in_one_sentence(string name, string message) =>
        Read("", NoVariables, "-backend", name).Diagnostics.Should().ContainSingle()
            .Which.ToString().Should().Be(message);

    [Fact]
    public void A_flag_that_the_backend_does_not_read_is_a_warning() =>
        Read("", NoVariables, "-backend", "env", "-node", "a", "-table", "t").Diagnostics
            .Select(diagnostic => diagnostic.ToString()).Should().Equal(
                "flag -node: node is not read by backend env", "flag -table: table is not read by backend env");

    [Fact]
    public void A_secret_may_stand_in_a_file()
    {
        var layer = SettingLayer.OfEnvironment(
            new Dictionary<string, string> { ["CONFD_PASSWORD_FILE"] = "/run/secret" },
            path => path == "/run/secret" ? "pass" : null);

        layer.Values[Flags.Password].Texts.Should().Equal("pass");
    }

    [Fact]
    public void The_period_of_a_watch_counts_only_when_it_is_given()
    {
        Read("", NoVariables, "-watch").Settings!.Interval.Should().Be(TimeSpan.Zero);
        Read("", NoVariables, "-watch", "-interval", "30").Settings!.Interval.Should().Be(TimeSpan.FromSeconds(30));
        Read("", NoVariables, "-watch", "-resync", "2m").Settings!.Interval.Should().Be(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Onetime_wins_over_watch() =>
        Read("", NoVariables, "-watch", "-onetime").Settings!.Mode.Should().Be(RunMode.OneTime);

    [Theory]
    [InlineData("panic", LogLevel.Critical)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("trace", LogLevel.Trace)]
    public void Log_levels_have_the_names_of_confd(string name, LogLevel level) =>
        Read("", NoVariables, "-log-level", name).Settings!.LogLevel.Should().Be(level);

    [Fact]
    public void Both_styles_of_a_command_line_settle_the_same()
    {
        var classic = Read("", NoVariables, "-backend", "etcdv3", "-node", "a", "-watch", "-prefix-mode", "join");
        var verb = Read("", NoVariables, "etcdv3", "--node=a", "--watch", "--prefix-mode=join");

        verb.Settings.Should().BeEquivalentTo(classic.Settings);
        verb.Settings!.PrefixMode.Should().Be(PrefixMode.Join);
    }

    private static IReadOnlyList<string> Nodes(SettingsResult result) =>
        ((Backend.Etcd)result.Settings!.Backend).Nodes;

    private static SettingsResult Read(string file, Dictionary<string, string> variables, params string[] words)
    {
        var line = CommandLine.Parse(words);
        return SettingsReader.Read(
            [
                SettingLayer.OfFile("confd.toml", file),
                SettingLayer.OfEnvironment(variables, _ => null),
                SettingLayer.Of(line),
                Verbs.Read(line).Settings,
            ],
            variables);
    }
}
