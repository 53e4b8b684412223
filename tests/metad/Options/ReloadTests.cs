using Sync.Metad.Options;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Options;

/// <summary>SIGHUP reads the settings anew: what counts at once, what needs a restart, and what changes nothing.</summary>
public sealed class ReloadTests : IDisposable
{
    private const string Stranger = "10.0.0.1";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Settings_that_requests_are_looked_at_with_count_at_once()
    {
        await using var server = await StartAsync("default_access: none\ntrusted_proxies: []\n");
        await server.WriteAsync("PUT", "/v1/data/k", "\"v\"");
        (await server.GetAsync("/k", Stranger)).Status.Should().Be(404);

        await ReloadAsync(server, "default_access: read\nlog_level: debug\nwait_max: 60\n", "changed: default_access, wait_max, log_level");

        (await server.GetAsync("/k", Stranger)).Body.Should().Be("v");
        await server.Process.Log.WaitForAsync(line => line.Contains("GET /k", StringComparison.Ordinal), Limit);

        await ReloadAsync(server, "default_access: read\ntrusted_proxies: [10.9.9.9]\n", "changed: trusted_proxies, wait_max, log_level");
        await server.WriteAsync("PUT", "/v1/rule", """{"127.0.0.1":[]}""");
        (await server.GetAsync("/k", Stranger)).Status.Should().Be(404, "nobody believes the header of 127.0.0.1 any more");
    }

    [Fact]
    public async Task Who_waits_is_answered_and_streams_end_so_that_nobody_goes_on_under_the_old_settings()
    {
        await using var server = await StartAsync("default_access: read\n");
        await server.WriteAsync("PUT", "/v1/data/k", "\"v\"");
        var waiting = await server.WaitOnAsync("/k?wait=true", Stranger);
        var stream = server.GetAsync("/k", Stranger, "Accept: text/event-stream");
        await server.UntilWaitersAsync(2);

        await ReloadAsync(server, "default_access: none\n", "changed: default_access");

        (await waiting).Body.Should().Be("\"v\"");
        (await stream).Body.Should().Contain("event: snapshot");
        (await server.GetAsync("/k", Stranger)).Status.Should().Be(404);
    }

    [Fact]
    public async Task Settings_that_cannot_be_used_change_nothing_and_are_told()
    {
        await using var server = await StartAsync("default_access: read\n");
        await server.WriteAsync("PUT", "/v1/data/k", "\"v\"");

        await ReloadAsync(server, "default_access: none\nlog_level: loud\n", "metad.yaml line 2: log_level: not a valid level");

        (await server.GetAsync("/k", Stranger)).Body.Should().Be("v");
        (await server.ManageAsync("GET", "/metrics")).Body.Should().Contain("\nmetad_settings_refused_total 1\n");

        await ReloadAsync(server, "default_access: none\n", "changed: default_access");
        (await server.GetAsync("/k", Stranger)).Status.Should().Be(404);
        (await server.ManageAsync("GET", "/metrics")).Body.Should().Contain("\nmetad_settings_reloads_total 1\n");
    }

    [Fact]
    public async Task A_setting_that_needs_a_restart_is_named_without_its_value_and_stays()
    {
        var tokens = Secrets.Write(_folder, "tokens", "a-token-of-sixteen-bytes\n");
        await using var server = await StartAsync($"manage_token_file: {tokens}\n");

        await ReloadAsync(
            server, "default_access: read\nprefix: /x\npassword: canary-9915\n",
            "count after a restart: prefix, password, manage_token_file");

        (await server.ManageAsync("GET", "/v1/data")).Status.Should().Be(401, "the door that was there is still there");
        (await server.GetAsync("/", Stranger)).Status.Should().Be(200, "what needs no restart counts");
        string.Concat(server.Process.Log.Lines).Should().NotContain("canary-9915");
    }

    [Fact]
    public async Task A_signal_without_a_change_changes_nothing()
    {
        await using var server = await StartAsync("default_access: read\n");
        await server.WriteAsync("PUT", "/v1/data/k", "\"v\"");
        var waiting = await server.WaitOnAsync("/k?wait=true", Stranger);

        await ReloadAsync(server, "# the same\ndefault_access: read\n", "changed: nothing");

        waiting.IsCompleted.Should().BeFalse();
        await server.WriteAsync("PUT", "/v1/data/k", "\"w\"");
        (await waiting).Body.Should().Be("\"w\"");
    }

    [Fact]
    public void What_a_running_program_renews_is_exactly_what_needs_no_restart()
    {
        var running = Load("--hardened", "--trusted_proxies=10.0.0.1", "--waiters_max=5", "--group=g", "--log_level=error");
        var now = Load("--trusted_proxies=10.0.0.2,10.0.0.3", "--group=h", "--waiters_per_client_max=7");

        var renewed = ConfigurationLoader.Renew(running, now);

        renewed.TrustedProxies.Should().Equal("10.0.0.2", "10.0.0.3");
        (renewed.Group, renewed.Safety.IsHardened).Should().Be(("g", true), "they need a restart");
        (renewed.WaitersMax, renewed.WaitersPerClientMax).Should().Be((10_000, 7), "the profile's default, and what was set");
        renewed.LogLevel.Should().Be(Microsoft.Extensions.Logging.LogLevel.Information);
    }

    [Fact]
    public void Help_says_which_settings_are_read_anew()
    {
        using var help = new StringWriter();
        CommandLine.WriteHelp(help);

        var text = string.Join(' ', help.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
        text.Should().Contain("none or everything (read). Default: none. SIGHUP reads it anew.")
            .And.NotContain("several by commas. Default: :80. SIGHUP");
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(60));

    private Task<MetadServer> StartAsync(string settings) =>
        MetadServer.StartBesideAsync("--config", _folder.Write("metad.yaml", settings));

    private async Task ReloadAsync(MetadServer server, string settings, string told)
    {
        _folder.Write("metad.yaml", settings);
        await server.Process.SignalAsync("HUP");
        await server.Process.Log.WaitForAsync(line => line.Contains(told, StringComparison.Ordinal), Limit);
    }

    private static MetadOptions Load(params string[] arguments) => ConfigurationLoader.Load(
        CommandLine.Parse(arguments).Should().BeOfType<CommandLine.Run>().Subject, _ => null);
}
