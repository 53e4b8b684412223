using System.Diagnostics;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Admission;

/// <summary>Who may manage: by a token, and by what the kernel says at a Unix socket.</summary>
public sealed class ManageDoorTests : IDisposable
{
    private const string Token = "canary-token-5531-of-sixteen";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_route_but_health_asks_for_a_token()
    {
        await using var server = await StartAsync();

        await RequireAsync(server, "Authorization: Bearer " + Token, 200);
        await RequireAsync(server, "authorization: bearer second-token-of-sixteen", 200);
        await RequireAsync(server, "", 401);
        foreach (var header in new[]
        {
            "Bearer wrong-token-of-sixteen", "Bearer ", "Basic " + Token, $"Bearer {Token}x", Token,
        })
        {
            // Failures are slowed down: what comes too early is asked again.
            RawAnswer? answer = null;
            await MetadServer.UntilAsync(async () =>
            {
                answer = await server.ManageAsync("GET", "/v1/data", null, $"Authorization: {header}");
                return answer.Status != 429;
            });
            answer!.Status.Should().Be(401, header);
        }
    }

    private static async Task RequireAsync(MetadServer server, string header, int status)
    {
        string[] headers = header.Length == 0 ? [] : [header];
        foreach (var (method, target) in new[]
        {
            ("GET", "/v1/data"), ("GET", "/metrics"), ("PUT", "/v1/mapping"), ("DELETE", "/v1/rule"), ("GET", "/v1//data"),
        })
        {
            var answer = await server.ManageAsync(method, target, method == "PUT" ? "{}" : null, headers);

            var redirected = target.Contains("//", StringComparison.Ordinal) && status == 200 ? 301 : status;
            answer.Status.Should().Be(redirected, $"{method} {target} with {header}");
            (answer.Header("www-authenticate") == "Bearer").Should().Be(status == 401);
        }

        foreach (var target in new[] { "/health", "/health/live", "/health/ready", "/%68ealth" })
        {
            (await server.ManageAsync("GET", target, null, headers)).Status.Should().Be(200, target);
        }
    }

    [Fact]
    public async Task Tokens_are_changed_in_place()
    {
        await using var server = await StartAsync();
        (await StatusAsync(server, Token)).Should().Be(200);

        await File.WriteAllTextAsync(_folder.At("tokens"), "another-token-of-sixteen\n");

        await MetadServer.UntilAsync(async () => await StatusAsync(server, Token) == 401);
        (await StatusAsync(server, "another-token-of-sixteen")).Should().Be(200);

        await File.WriteAllTextAsync(_folder.At("tokens"), "short\n");
        await MetadServer.UntilAsync(async () =>
        {
            (await StatusAsync(server, "another-token-of-sixteen")).Should().Be(200, "the last good ones count");
            return server.Process.Log.Lines.Any(line => line.Contains("holds no secret", StringComparison.Ordinal));
        });
        (await StatusAsync(server, "short")).Should().Be(401);
    }

    [Fact]
    public async Task Who_fails_too_often_is_not_looked_at()
    {
        await using var server = await StartAsync();

        var began = Stopwatch.GetTimestamp();
        var answers = "";
        for (var batch = 0; batch < 5; batch++)
        {
            answers += await RawClient.SendTogetherAsync(
                server.ManagePort, "/v1/data", "Authorization: Bearer wrong-token-of-sixteen", count: 500);
        }

        // Ten at once and five a second, as the door says.
        var lookedAt = Regex.Count(answers, "HTTP/1.1 401 ");
        lookedAt.Should().BeInRange(10, 11 + (int)(5 * Stopwatch.GetElapsedTime(began).TotalSeconds));
        (lookedAt + Regex.Count(answers, "HTTP/1.1 429 ")).Should().Be(2500);
        await MetadServer.UntilAsync(async () => await StatusAsync(server, Token) == 200);
    }

    [Fact]
    public async Task A_unix_socket_is_for_root_and_the_programs_own_user()
    {
        await using var server = await StartAsync();

        (await RawClient.SendAsync(_folder.At("manage"), "GET", "/v1/data")).Status.Should().Be(200);
        File.GetUnixFileMode(_folder.At("manage")).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [RootFact("curl", "setpriv")]
    public async Task A_unix_socket_is_for_listed_users_too()
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        await using var server = await MetadServer.StartAtAsync("", _folder.At("manage"), "--manage_uids=65534");

        foreach (var (user, status) in new[] { ("65534", "200"), ("65533", "403") })
        {
            var result = await Cli.Wrap(DebianPrograms.Require("setpriv")).WithArguments(
                [
                    "--reuid", user, "--clear-groups", DebianPrograms.Require("curl"), "-s", "-o", "/dev/null",
                    "-w", "%{http_code}", "--unix-socket", _folder.At("manage"), "http://localhost/v1/data",
                ])
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync(Deadline.In(TimeSpan.FromSeconds(60)));

            result.StandardOutput.Should().Be(status);
        }
    }

    [Fact]
    public async Task Hardened_takes_bodies_of_json_alone()
    {
        await using var server = await MetadServer.StartInsideAsync("--hardened");
        await MetadServer.UntilAsync(async () =>
            (await server.ManageAsync("GET", "/health/ready", null, "Host: localhost")).Status == 200);

        foreach (var (type, status) in new[]
        {
            ("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("application/json", 200),
            ("application/json; charset=utf-8", 200),
        })
        {
            (await server.ManageAsync("PUT", "/v1/data", """{"a":"b"}""", "Host: localhost", $"Content-Type: {type}"))
                .Status.Should().Be(status, type);
        }
    }

    private static async Task<int> StatusAsync(MetadServer server, string token) =>
        (await server.ManageAsync("GET", "/v1/data", null, $"Authorization: Bearer {token}")).Status;

    private async Task<MetadServer> StartAsync()
    {
        var tokens = Secrets.Write(_folder, "tokens", $"# tokens\n{Token}\n\nsecond-token-of-sixteen\n");
        var server = await MetadServer.StartAtAsync("", _folder.At("manage"), $"--manage_token_file={tokens}");
        await server.BecomeReadyAsync();
        return server;
    }
}
