using System.Globalization;
using CliWrap;
using CliWrap.Buffered;
using Sync.TestKit;

namespace Sync.Metad.Tests.Namespaces;

/// <summary>
/// Real network namespaces on one bridge, as containers are: each is told by its own address alone. A third is a trusted
/// proxy and a router, and behind it is a fourth.
/// </summary>
public sealed class NamespaceTests : IAsyncLifetime
{
    private const string Host = "10.77.0.1";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly string _run = string.Create(CultureInfo.InvariantCulture, $"metad-{Environment.ProcessId}");
    private ServerProcess? _server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        foreach (var name in new[] { "host", "a", "b", "r", "c" })
        {
            await Cli.Wrap(DebianPrograms.Find("ip") ?? "true").WithArguments(["netns", "del", NameOf(name)])
                .WithValidation(CommandResultValidation.None).ExecuteAsync(Deadline.In(Limit));
        }
    }

    [NamespaceFact("curl")]
    public async Task Each_namespace_sees_its_own_and_none_can_pass_for_another()
    {
        await BuildAsync();
        await StartAsync("--strict", "--xff", "--trusted_proxies=10.77.0.4", "--session_tokens=optional");

        foreach (var (name, body) in new[] { ("a", "A"), ("b", "B"), ("c", "C") })
        {
            (await GetAsync(name, "/self/me/k")).Should().Be($"{body} 200");
            (await GetAsync(name, "/")).Should().Be($"/{name}/k\t{body}\n/self/me/k\t{body}\n 200");
        }

        (await GetAsync("a", "/self/me/k", "--ipv6")).Should().Be("A6 200");
        (await GetAsync("b", "/self/me/k", "--ipv6")).Should().Be("B6 200");
        (await GetAsync("r", "/self/me/k")).Should().Be("Not found\n 404");

        foreach (var header in new[]
        {
            "X-Forwarded-For: 10.77.0.3", "X-Forwarded-For: 10.77.0.3, 10.77.0.4", "Forwarded: for=10.77.0.3",
            "X-Real-IP: 10.77.0.3", "X-Metad-Identity: 10.77.0.3", "Via: 1.1 r",
        })
        {
            (await GetAsync("a", "/self/me/k", "-H", header)).Should().EndWith(" 403", header);
        }

        (await GetAsync("r", "/self/me/k", "-H", "X-Forwarded-For: 10.77.0.3")).Should().Be("B 200");
        (await GetAsync("r", "/self/me/k", "-H", "X-Forwarded-For: 10.77.0.2, 10.77.0.3")).Should().Be("B 200");
        (await GetAsync("r", "/self/me/k", "-H", "X-Forwarded-For: 10.77.0.3/")).Should().EndWith(" 400");
        (await GetAsync("a", "/b/k")).Should().Be("Not found\n 404");
    }

    [NamespaceFact("curl")]
    public async Task A_header_is_nothing_to_who_trusts_no_proxy()
    {
        await BuildAsync();
        await StartAsync();

        (await GetAsync("a", "/self/me/k", "-H", "X-Forwarded-For: 10.77.0.3")).Should().Be("A 200");
        (await GetAsync("r", "/self/me/k", "-H", "X-Forwarded-For: 10.77.0.3")).Should().Be("Not found\n 404");
    }

    [NamespaceFact("curl")]
    public async Task A_session_token_does_not_pass_a_router()
    {
        await BuildAsync();
        await StartAsync("--session_tokens=required");

        var token = (await PutTokenAsync("a")).StandardOutput;
        var behindRouter = await PutTokenAsync("c", seconds: 5);

        token.Should().MatchRegex("^[A-Za-z0-9_-]{54}$");
        (await GetAsync("a", "/self/me/k", "-H", $"X-aws-ec2-metadata-token: {token}")).Should().Be("A 200");
        (await GetAsync("b", "/self/me/k", "-H", $"X-aws-ec2-metadata-token: {token}")).Should().EndWith(" 401");
        behindRouter.ExitCode.Should().Be(28, "curl gives up: the router lets no packet of the answer pass");
        behindRouter.StandardOutput.Should().BeEmpty();
        (await GetAsync("c", "/self/me/k")).Should().EndWith(" 401", "other answers do pass");
    }

    [NamespaceFact("curl")]
    public async Task A_longer_hop_limit_lets_a_token_pass()
    {
        await BuildAsync();
        await StartAsync("--session_tokens=required", "--token_hop_limit=2");

        (await PutTokenAsync("c")).StandardOutput.Should().MatchRegex("^[A-Za-z0-9_-]{54}$");
    }

    [NamespaceFact("curl", "nft")]
    public async Task What_is_asked_of_the_clouds_address_comes_here_with_the_callers_own()
    {
        await BuildAsync();
        await InAsync("host", "ip", "route", "add", "default", "dev", "br0");
        await StartAsync("--listen_manage=:9611", "--strict");
        await ManageAsync("mapping", $$"""{"{{Host}}":{"me":"/c"} }""");
        var rules = await File.ReadAllTextAsync(Repository.At("metad", "intercept.nft"));
        rules.Should().Contain("\"docker0\"");
        using var folder = new TempDirectory();
        var file = folder.Write("intercept.nft", rules.Replace("docker0", "br0", StringComparison.Ordinal));
        var isOpenBefore = (await AskAsync("a", $"http://{Host}:9611/health/live")).ExitCode == 0;

        await InAsync("host", "nft", "--check", "--file", file);
        await InAsync("host", "nft", "--file", file);
        await InAsync("host", "nft", "--file", file);

        foreach (var (name, body) in new[] { ("a", "A"), ("b", "B"), ("host", "C") })
        {
            (await AskAsync(name, "http://169.254.169.254/self/me/k")).StandardOutput.Should().Be(body);
        }

        (await AskAsync("a", $"http://{Host}:8080/self/me/k")).StandardOutput.Should().Be("A", "its own port is still there");
        isOpenBefore.Should().BeTrue("else that it is shut now would show nothing");
        (await AskAsync("a", $"http://{Host}:9611/health/live")).ExitCode.Should().Be(28, "packets to the manage port are dropped");
        await InAsync("host", "nft", "delete", "table", "inet", "metad");
        (await AskAsync("a", $"http://{Host}:9611/health/live")).ExitCode.Should().Be(0);
    }

    [NamespaceFact("curl")]
    public async Task The_clouds_address_of_a_link_is_listened_at_and_callers_are_told_by_theirs()
    {
        await BuildAsync();
        await InAsync("host", "ip", "addr", "add", "fe80::a9fe:a9fe/64", "dev", "br0", "nodad");
        await StartAsync("--listen=:8080,[fe80::a9fe:a9fe%br0]:80");
        foreach (var (name, number) in new[] { ("a", 2), ("b", 3) })
        {
            await InAsync(name, "ip", "-6", "addr", "flush", "dev", "eth0", "scope", "link");
            await InAsync(name, "ip", "addr", "add", $"fe80::{number}/64", "dev", "eth0", "nodad");
        }

        await ManageAsync("mapping", """{"fe80::2%br0":{"me":"/a6"},"fe80::%br0/64":{"me":"/c"}}""");

        var own = await AskAsync("a", "http://[fe80::a9fe:a9fe%25eth0]/self/me/k");
        var other = await AskAsync("b", "http://[fe80::a9fe:a9fe%25eth0]/self/me/k");

        (own.StandardOutput, other.StandardOutput).Should().Be(("A6", "C"), "one by its address, the other by the link's block");
    }

    [NamespaceFact]
    public async Task An_address_of_a_link_that_is_not_there_ends_the_start_and_is_told()
    {
        await BuildAsync();
        foreach (var address in new[] { "[fe80::a9fe:a9fe%none0]:80", "[fe80::a9fe:a9fe]:80" })
        {
            var run = await RunAsync(
                ["netns", "exec", NameOf("host"), BuiltPrograms.Require("metad"), $"--listen={address}"]);

            run.ExitCode.Should().Be(1);
            run.StandardError.Should().Contain($"--listen: {address} names no link of this machine").And.Contain("%eth0]:80");
        }
    }

    private async Task BuildAsync()
    {
        foreach (var name in new[] { "host", "a", "b", "r", "c" })
        {
            await IpAsync("netns", "add", NameOf(name));
            await IpAsync("-n", NameOf(name), "link", "set", "lo", "up");
        }

        // Without snooping: a bridge that still learns who listens to which group can swallow the first neighbour solicitation.
        await InAsync("host", "ip", "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
        await InAsync("host", "ip", "addr", "add", $"{Host}/24", "dev", "br0");
        await InAsync("host", "ip", "addr", "add", "fd77::1/64", "dev", "br0", "nodad");
        await InAsync("host", "ip", "link", "set", "br0", "up");
        await PlugAsync("a", 2);
        await PlugAsync("b", 3);
        await PlugAsync("r", 4);

        await IpAsync("-n", NameOf("r"), "link", "add", "down0", "type", "veth", "peer", "name", "eth0", "netns", NameOf("c"));
        await InAsync("r", "ip", "addr", "add", "10.88.0.1/24", "dev", "down0");
        await InAsync("r", "ip", "link", "set", "down0", "up");
        await InAsync("r", "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
        await InAsync("c", "ip", "addr", "add", "10.88.0.2/24", "dev", "eth0");
        await InAsync("c", "ip", "link", "set", "eth0", "up");
        await InAsync("c", "ip", "route", "add", "default", "via", "10.88.0.1");
        await InAsync("host", "ip", "route", "add", "10.88.0.0/24", "via", "10.77.0.4");
    }

    private async Task PlugAsync(string name, int number)
    {
        await IpAsync("-n", NameOf("host"), "link", "add", $"to-{name}", "type", "veth",
            "peer", "name", "eth0", "netns", NameOf(name));
        await InAsync("host", "ip", "link", "set", $"to-{name}", "master", "br0", "up");
        await InAsync(name, "ip", "addr", "add", $"10.77.0.{number}/24", "dev", "eth0");
        await InAsync(name, "ip", "addr", "add", $"fd77::{number}/64", "dev", "eth0", "nodad");
        await InAsync(name, "ip", "link", "set", "eth0", "up");
        await InAsync(name, "ip", "route", "add", "default", "via", Host);
    }

    private async Task StartAsync(params string[] arguments)
    {
        _server = await ServerProcess.StartAsync(
            DebianPrograms.Require("ip"),
            ["netns", "exec", NameOf("host"), BuiltPrograms.Require("metad"), "--listen=:8080", .. arguments],
            Readiness.Line("Serves metadata"),
            Deadline.In(Limit));
        await ManageAsync("data", """
            {"a":{"k":"A"},"b":{"k":"B"},"c":{"k":"C"},"a6":{"k":"A6"},"b6":{"k":"B6"}}
            """);
        await ManageAsync("mapping", """
            {"10.77.0.2":{"me":"/a"},"10.77.0.3":{"me":"/b"},"10.88.0.2":{"me":"/c"},
             "FD77:0::2":{"me":"/a6"},"fd77::3":{"me":"/b6"}}
            """);
    }

    private Task<BufferedCommandResult> ManageAsync(string kind, string body) => InAsync(
        "host", "curl", "-sf", "--retry", "20", "--retry-delay", "0", "--retry-all-errors",
        "-X", "PUT", $"http://127.0.0.1:9611/v1/{kind}", "-d", body);

    private async Task<string> GetAsync(string name, string target, params string[] more)
    {
        var address = more.Contains("--ipv6") ? "[fd77::1]" : Host;
        return (await InAsync(name, ["curl", "-s", "-g", "-w", " %{http_code}", $"http://{address}:8080{target}", .. more]))
            .StandardOutput;
    }

    private Task<BufferedCommandResult> PutTokenAsync(string name, int seconds = 60) => RunAsync(
        ["netns", "exec", NameOf(name), "curl", "-sf", "--max-time", $"{seconds}", "-X", "PUT",
            "-H", "X-aws-ec2-metadata-token-ttl-seconds: 60", $"http://{Host}:8080/latest/api/token"]);

    private Task<BufferedCommandResult> AskAsync(string name, string url) => RunAsync(
        ["netns", "exec", NameOf(name), "curl", "-s", "-g", "--max-time", "5", url]);

    private string NameOf(string name) => $"{_run}-{name}";

    private Task<BufferedCommandResult> InAsync(string name, params string[] command) =>
        IpAsync(["netns", "exec", NameOf(name), .. command]);

    private static async Task<BufferedCommandResult> IpAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        result.ExitCode.Should().Be(0, $"ip {string.Join(' ', arguments)} said: {result.StandardError}");
        return result;
    }

    private static async Task<BufferedCommandResult> RunAsync(string[] arguments) =>
        await Cli.Wrap(DebianPrograms.Require("ip")).WithArguments(arguments)
            .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(Limit));
}
