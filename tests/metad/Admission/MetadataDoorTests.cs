using System.Text.Json;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Admission;

/// <summary>What a request of the metadata API passes before it is answered.</summary>
public sealed class MetadataDoorTests : IDisposable
{
    private const string Mapping = """{"127.0.0.1":{"me":"/nodes/1"},"10.0.0.7":{"me":"/nodes/7"},"id:web":{"me":"/nodes/8"}}""";
    private const string Tree = """{"nodes":{"1":{"k":"one"},"7":{"k":"seven"},"8":{"k":"eight"}}}""";
    private const string TokenHeader = "X-aws-ec2-metadata-token";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pages_of_web_sites_read_nothing_on_either_port()
    {
        await using var server = await StartAsync();

        foreach (var (headers, status) in new[]
        {
            ("", 200),
            ("Origin: http://evil.example", 403),
            ("Origin: null", 403),
            ("Sec-Fetch-Site: cross-site", 403),
            ("Host: evil.example|Accept-Language: en", 403),
            ("Host: evil.example:80|Referer: http://evil.example/", 403),
            ("Host: 127.0.0.1.evil.example|Accept-Language: en", 403),
            ("Host: localhost|Accept-Language: en", 200),
            ("Host: LOCALHOST.:80|Accept-Language: en", 200),
            ("Host: 10.1.2.3:8080|Accept-Language: en", 200),
            ("Host: [::1]:8080|Accept-Language: en", 200),
            ("Host: metad.internal", 200),
        })
        {
            (await RawClient.SendAsync(server.Port, "GET", "/self", Headers(headers))).Status.Should().Be(status, headers);
            (await server.ManageAsync("GET", "/v1/data", null, Headers(headers))).Status.Should().Be(status, headers);
            (await server.ManageAsync("PUT", "/v1/data", "{}", Headers(headers))).Status.Should().Be(status, headers);
        }
    }

    [Fact]
    public async Task With_allowed_names_nobody_is_served_under_another()
    {
        await using var server = await StartAsync("--allowed_hosts=metad.internal,test");

        foreach (var (headers, status) in new[]
        {
            ("Host: evil.example", 403),
            ("Host: metad.internal", 200),
            ("Host: Metad.Internal:80|Accept-Language: en", 200),
            ("Host: localhost", 200),
            ("Host: 127.0.0.1", 200),
        })
        {
            (await RawClient.SendAsync(server.Port, "GET", "/self", Headers(headers))).Status.Should().Be(status, headers);
        }

        (await RawClient.SendAsync(server.Port, "GET", "http://evil.example/self", ["Host: localhost"])).Status.Should().Be(403);
    }

    [Fact]
    public async Task Whoever_says_it_speaks_for_another_is_itself_and_strictly_is_refused()
    {
        await using var server = await StartAsync();
        await using var strict = await StartAsync("--strict");
        await using var proxied = await StartAsync("--strict", "--xff", "--trusted_proxies=10.9.0.0/16");

        foreach (var header in new[]
        {
            "X-Forwarded-For: 10.0.0.7", "X-Forwarded-For: ", "x-forwarded-for: junk", "Forwarded: for=10.0.0.7",
            "X-Real-IP: 10.0.0.7", "Via: 1.1 proxy", "X-Metad-Identity: 10.0.0.7",
        })
        {
            (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", [header])).Body.Should().Be("one", header);
            (await RawClient.SendAsync(strict.Port, "GET", "/self/me/k", [header])).Status.Should().Be(403, header);
            (await RawClient.SendAsync(proxied.Port, "GET", "/self/me/k", [header])).Status.Should().Be(403, header);
        }

        (await RawClient.SendAsync(strict.Port, "GET", "/self/me/k")).Body.Should().Be("one");
    }

    [Fact]
    public async Task A_signing_proxy_speaks_for_others_and_what_it_signed_counts_once()
    {
        const string Secret = "a-secret-of-the-proxy";
        var secrets = Secrets.Write(_folder, "proxies", Secret);
        await using var server = await StartAsync($"--proxy_secret_file={secrets}", "--strict");

        foreach (var (identity, body) in new[] { ("10.0.0.7", "seven"), ("id:web", "eight") })
        {
            var headers = Secrets.Sign(Secret, "/self/me/k", identity);
            (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", headers)).Body.Should().Be(body);
            (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", headers)).Status.Should().Be(403, "it was used");
        }

        var forged = Secrets.Sign("a-secret-of-nobody", "/self/me/k", "10.0.0.7");
        (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", forged)).Status.Should().Be(403);
        (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", [forged[0]])).Status.Should().Be(403);
        (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", [forged[0], .. Secrets.Sign(Secret, "/self/me/k", "10.0.0.7")]))
            .Status.Should().Be(403, "one identity is wanted");
    }

    [Fact]
    public async Task A_guard_header_is_asked_for_and_sent_back()
    {
        await using var server = await StartAsync("--guard_header=Metadata-Flavor: Google");

        foreach (var (header, status) in new[]
        {
            ("", 403), ("Metadata-Flavor: Azure", 403), ("metadata-flavor: google", 200),
        })
        {
            var answer = await RawClient.SendAsync(server.Port, "GET", "/self", Headers(header));

            answer.Status.Should().Be(status, header);
            answer.Header("metadata-flavor").Should().Be("Google");
        }
    }

    [Fact]
    public async Task A_session_token_is_fetched_by_a_write_and_shown_by_reads()
    {
        await using var server = await StartAsync("--session_tokens=required");

        var token = await PutTokenAsync(server, "21600");

        token.Status.Should().Be(200);
        token.Header("x-aws-ec2-metadata-token-ttl-seconds").Should().Be("21600");
        token.Header("connection").Should().Be("close");
        (await ReadAsync(server, $"{TokenHeader}: {token.Body}")).Should().Be(200);
        (await ReadAsync(server)).Should().Be(401);
        (await ReadAsync(server, $"{TokenHeader}: ")).Should().Be(401);
        (await ReadAsync(server, $"{TokenHeader}: {token.Body}A")).Should().Be(401);
        (await ReadAsync(server, $"{TokenHeader}: {token.Body}", $"{TokenHeader}: {token.Body}")).Should().Be(401);
    }

    [Fact]
    public async Task A_session_token_is_no_one_elses()
    {
        await using var server = await MetadServer.StartAsync("--session_tokens=required", "--trusted_proxies=127.0.0.1");
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", Tree);
        await server.WriteAsync("PUT", "/v1/mapping", Mapping);
        var token = (await PutTokenAsync(server, "60")).Body;

        (await ReadAsync(server, $"{TokenHeader}: {token}")).Should().Be(200);
        (await ReadAsync(server, $"{TokenHeader}: {token}", "X-Forwarded-For: 10.0.0.7")).Should().Be(401);
        (await PutTokenAsync(server, "60", "X-Forwarded-For: 10.0.0.7")).Status.Should().Be(403);
    }

    [Theory]
    [InlineData("off", 404, 200, 200)]
    [InlineData("optional", 200, 200, 401)]
    [InlineData("required", 200, 401, 401)]
    public async Task Session_tokens_have_three_modes(string mode, int put, int without, int withBad)
    {
        await using var server = await StartAsync($"--session_tokens={mode}");

        (await PutTokenAsync(server, "60")).Status.Should().Be(put);
        (await ReadAsync(server)).Should().Be(without);
        (await ReadAsync(server, $"{TokenHeader}: bad")).Should().Be(withBad);
    }

    [Fact]
    public async Task No_token_is_given_for_a_life_out_of_bounds_or_through_a_proxy()
    {
        await using var server = await StartAsync("--session_tokens=optional");

        foreach (var life in new[] { "0", "21601", "-1", "x", "", "60, 60" })
        {
            (await PutTokenAsync(server, life)).Status.Should().Be(400, life);
        }

        foreach (var header in new[] { "X-Forwarded-For: 1.1.1.1", "Forwarded: for=1.1.1.1", "Via: 1.1 squid" })
        {
            (await PutTokenAsync(server, "60", header)).Status.Should().Be(403, header);
        }
    }

    [Fact]
    public async Task Strict_paths_have_one_spelling()
    {
        await using var server = await StartAsync();
        await using var hard = await StartAsync("--strict_paths");

        foreach (var (target, loose, strict) in new[]
        {
            ("/nodes/1/k", 200, 200),
            ("/nodes%2F1/k", 200, 400),
            ("/nodes//1/k", 301, 400),
            ("/nodes/./1/k", 301, 400),
            ("/nodes/%2e%2e/nodes/1/k", 301, 400),
            ("/nodes/1/k%00", 400, 400),
            ("/nodes/1/k%0A", 404, 400),
            ("/nodes/1/k%7f", 404, 400),
            ("http://localhost/nodes/1/k", 200, 400),
            ("/nodes/%31/k", 200, 200),
            ("/nodes/1/k/", 200, 200),
        })
        {
            (await RawClient.SendAsync(server.Port, "GET", target)).Status.Should().Be(loose, target);
            (await RawClient.SendAsync(hard.Port, "GET", target)).Status.Should().Be(strict, target);
        }
    }

    [Fact]
    public async Task A_caller_that_nobody_knows_yet_is_waited_for_within_bounds()
    {
        await using var server = await MetadServer.StartAsync("--identity_wait=60000");
        await using var impatient = await MetadServer.StartAsync("--identity_wait=50");
        await server.BecomeReadyAsync();
        await impatient.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", Tree);

        var early = await server.WaitOnAsync("/self/me/k", "10.0.0.7");
        await server.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.9":{"me":"/nodes/1"}}""");
        early.IsCompleted.Should().BeFalse("another caller became known");
        await server.WriteAsync("PUT", "/v1/mapping", Mapping);

        (await early).Body.Should().Be("\"seven\"");
        (await server.GetAsync("/none", "10.0.0.7")).Status.Should().Be(404, "who is known is not waited for");
        (await impatient.GetAsync("/self", "10.0.0.7")).Status.Should().Be(404);
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_server_lets_him()
    {
        await using var server = await StartAsync("--wait_max=1");

        foreach (var (target, status) in new[]
        {
            ("/self?wait=true", 200), ("/self?wait=true&timeout_sec=86400", 200), ("/none?wait=true", 404),
        })
        {
            (await RawClient.SendAsync(server.Port, "GET", target)).Status.Should().Be(status, target);
        }
    }

    [Fact]
    public async Task Denials_and_changes_are_written_down_and_what_is_absent_is_neither()
    {
        await using var server = await StartAsync(
            $"--audit_log={_folder.At("audit")}", "--session_tokens=optional", "--waiters_max=1");
        await server.WriteAsync("PUT", "/v1/rule", """{"127.0.0.1":[{"path":"/nodes/1","mode":1}]}""");
        await RawClient.SendAsync(server.Port, "GET", "/nodes/7/k?q=%0d%0a", ["X-Forwarded-For: 10.0.0.7"]);
        await RawClient.SendAsync(server.Port, "GET", "/absent");
        await RawClient.SendAsync(server.Port, "GET", "/nodes/1/k");
        await RawClient.SendAsync(server.Port, "GET", "/self", [$"{TokenHeader}: bad"]);
        await RawClient.SendAsync(server.Port, "GET", "/self", ["Origin: http://evil.example"]);
        await server.WriteAsync("DELETE", "/v1/rule?hosts=127.0.0.1");
        await server.WriteAsync("DELETE", "/v1/mapping");
        await RawClient.SendAsync(server.Port, "GET", "/self");

        var metrics = (await server.ManageAsync("GET", "/metrics")).Body;
        await server.StopAsync();

        metrics.Should().Contain("metad_denied_total{reason=\"hidden\"} 1\n")
            .And.Contain("metad_denied_total{reason=\"unknown_caller\"} 1\n").And.Contain("metad_audit_lost_total 0\n");
        Lines().Should().Equal(
            "changed manage 127.0.0.1 PUT /v1/data 200 ",
            "changed manage 127.0.0.1 PUT /v1/mapping 200 ",
            "changed manage 127.0.0.1 PUT /v1/rule 200 ",
            "denied metadata 127.0.0.1 GET /nodes/7/k?q=%0d%0a 404 hidden",
            "denied metadata 127.0.0.1 GET /self 401 session_token",
            "denied metadata  GET /self 403 origin",
            "changed manage 127.0.0.1 DELETE /v1/rule?hosts=127.0.0.1 200 ",
            "changed manage 127.0.0.1 DELETE /v1/mapping 200 ",
            "denied metadata 127.0.0.1 GET /self 404 unknown_caller");
    }

    private IEnumerable<string> Lines() => File.ReadAllLines(_folder.At("audit")).Select(line =>
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        root.GetProperty("peer").GetString().Should().StartWith("127.0.0.1:");
        var reason = root.TryGetProperty("reason", out var given) ? given.GetString() : "";
        return $"{root.GetProperty("event")} {root.GetProperty("api")} {root.GetProperty("caller")} "
            + $"{root.GetProperty("method")} {root.GetProperty("target")} {root.GetProperty("status")} {reason}";
    });

    private static async Task<MetadServer> StartAsync(params string[] arguments)
    {
        var server = await MetadServer.StartInsideAsync(arguments);
        await server.BecomeReadyAsync();
        await server.WriteAsync("PUT", "/v1/data", Tree);
        await server.WriteAsync("PUT", "/v1/mapping", Mapping);
        return server;
    }

    private static Task<RawAnswer> PutTokenAsync(MetadServer server, string life, params string[] headers) =>
        RawClient.SendAsync(server.Port, "PUT", "/latest/api/token",
            [$"X-aws-ec2-metadata-token-ttl-seconds: {life}", .. headers], "");

    private static async Task<int> ReadAsync(MetadServer server, params string[] headers) =>
        (await RawClient.SendAsync(server.Port, "GET", "/self/me/k", headers)).Status;

    private static string[] Headers(string text) => text.Split('|', StringSplitOptions.RemoveEmptyEntries);
}
