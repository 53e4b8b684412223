using System.Net;
using System.Text.Json;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using Sync.TestKit;
using Action = Sync.Etcd.Api.AlarmRequest.Types.AlarmAction;

namespace Sync.Conformance.Tests.Upkeep;

/// <summary>What load balancers, probes and tools read of the client port over plain HTTP.</summary>
[Collection(SharedServers.Name)]
public sealed class HealthPageTests(RunningServers servers) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    [Theory, EachServer]
    public async Task The_version_is_that_of_the_server_and_of_the_cluster(string program)
    {
        var server = await servers.OfAsync(program);

        var (status, body) = await GetAsync(server, "/version");

        status.Should().Be(HttpStatusCode.OK);
        var version = JsonSerializer.Deserialize<Dictionary<string, string>>(body)!;
        var own = Version.Parse(version["etcdserver"]);
        own.ToString().Should().Be((await server.Maintenance.StatusAsync(new StatusRequest())).Version);
        var minor = $"{own.Major}.{own.Minor}.0";
        var expected = new Dictionary<string, string> { ["etcdserver"] = own.ToString(), ["etcdcluster"] = minor };
        if (!server.IsEtcd34)
        {
            expected["storage"] = minor;
        }

        version.Should().Equal(expected);
    }

    [Theory, EachServer]
    public async Task A_member_that_serves_is_healthy(string program)
    {
        var server = await servers.OfAsync(program);

        (await GetAsync(server, "/health")).Should().Be((HttpStatusCode.OK, Health(server, "true", "")));
        (await GetAsync(server, "/health?serializable=true")).Should().Be((HttpStatusCode.OK, Health(server, "true", "")));
        (await GetAsync(server, "/health?serializable=false")).Should().Be((HttpStatusCode.OK, Health(server, "true", "")));
    }

    [Theory, EachServer]
    public async Task A_member_with_an_alarm_is_not_unless_the_probe_leaves_it_out(string program)
    {
        await using var server = await ConformanceServer.StartAsync(program);
        await RaiseAsync(server, AlarmType.Nospace);

        (await GetAsync(server, "/health")).Should().Be(Fault(server, "ALARM NOSPACE"));
        (await GetAsync(server, "/health?serializable=true")).Should().Be(Fault(server, "ALARM NOSPACE"));
        (await GetAsync(server, "/health?exclude=CORRUPT")).Should().Be(Fault(server, "ALARM NOSPACE"));
        (await GetAsync(server, "/health?exclude=NOSPACE")).Status.Should().Be(HttpStatusCode.OK);

        await RaiseAsync(server, AlarmType.Corrupt);

        (await GetAsync(server, "/health?exclude=NOSPACE")).Should().Be(Fault(server, "ALARM CORRUPT"));
        (await GetAsync(server, "/health?exclude=NOSPACE&exclude=CORRUPT")).Should().Be(
            (HttpStatusCode.OK, Health(server, "true", "")));
    }

    [Theory, EachServer]
    public async Task They_are_read_and_nothing_else(string program)
    {
        var server = await servers.OfAsync(program);
        foreach (var path in (string[])["/health", "/version"])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete])
            {
                using var request = new HttpRequestMessage(method, Address(server, path));
                using var answer = await _http.SendAsync(request, Deadline.Default);

                answer.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed, "{0} {1}", method, path);
                answer.Content.Headers.Allow.Should().Equal("GET");
                answer.Content.Headers.ContentType!.ToString().Should().Be("text/plain; charset=utf-8");
                (await answer.Content.ReadAsStringAsync()).Should().Be("Method Not Allowed\n");
            }
        }
    }

    [Theory, EachServer]
    public async Task Another_path_is_not_found(string program)
    {
        var server = await servers.OfAsync(program);

        foreach (var path in (string[])["/", "/healthy", "/health/more", "/health.json"])
        {
            (await GetAsync(server, path)).Should().Be((HttpStatusCode.NotFound, "404 page not found\n"), path);
        }
    }

    [Theory, EachServer]
    public async Task Pages_of_other_origins_may_ask(string program)
    {
        var server = await servers.OfAsync(program);
        using var request = new HttpRequestMessage(HttpMethod.Options, Address(server, "/health"));

        using var answer = await _http.SendAsync(request, Deadline.Default);

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).Should().BeEmpty();
        answer.Headers.GetValues("Access-Control-Allow-Origin").Should().Equal("*");
        answer.Headers.GetValues("Access-Control-Allow-Methods").Should().Equal("POST, GET, OPTIONS, PUT, DELETE");
        answer.Headers.GetValues("Access-Control-Allow-Headers").Should().Equal("accept, content-type, authorization");
    }

    private static async Task RaiseAsync(ConformanceServer server, AlarmType alarm)
    {
        var member = (await server.Maintenance.StatusAsync(new StatusRequest())).Header.MemberId;
        await server.Maintenance.AlarmAsync(
            new AlarmRequest { Action = Action.Activate, MemberID = member, Alarm = alarm });
    }

    // etcd ends what it answers with 503 with a line feed.
    private static (HttpStatusCode Status, string Body) Fault(ConformanceServer server, string reason) =>
        (HttpStatusCode.ServiceUnavailable, Health(server, "false", reason) + (server.IsEtcd34 ? "\n" : ""));

    // The 3.4 line tells no reason.
    private static string Health(ConformanceServer server, string health, string reason) => server.IsEtcd34
        ? $$"""{"health":"{{health}}"}"""
        : $$"""{"health":"{{health}}","reason":"{{reason}}"}""";

    private static Uri Address(ConformanceServer server, string path) => new(server.Server.ClientUrl, path);

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(ConformanceServer server, string path)
    {
        using var answer = await _http.GetAsync(Address(server, path), Deadline.Default);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
