using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Backends;

/// <summary>Over a group of three members of which one goes.</summary>
public sealed class ClusterTests : IAsyncLifetime, IDisposable
{
    private const string Client = "10.0.0.1";

    private readonly TempDirectory _folder = new();
    private readonly List<ServerProcess> _members = [];
    private readonly List<string> _endpoints = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    [DebianFact("etcd")]
    public async Task A_new_leader_and_a_lost_member_go_unnoticed()
    {
        await StartMembersAsync();
        await using var metad = await MetadServer.StartAsync(
            "--backend=etcdv3", $"--nodes={string.Join(',', _endpoints)}", "--default_access=read");
        await metad.BecomeReadyAsync();
        await UntilWrittenAsync(metad, "before");
        var waiting = await metad.WaitOnAsync("/k?wait=true", Client);

        await _members[await LeaderAsync()].KillAsync();
        await UntilWrittenAsync(metad, "after");

        (await waiting).Body.Should().Be("\"after\"");
        await metad.BecomeReadyAsync();
        await MetadServer.UntilAsync(async () => (await metad.GetAsync("/k", Client)).Header("x-metad-stale") is null);
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(120));

    private static Task UntilWrittenAsync(MetadServer metad, string value) => MetadServer.UntilAsync(
        async () => (await metad.ManageAsync("PUT", "/v1/data/k", $"\"{value}\"")).Status == 200);

    private async Task StartMembersAsync()
    {
        var ports = FreePort.Take(6);
        var group = string.Join(',', Enumerable.Range(0, 3).Select(member => $"m{member}=http://127.0.0.1:{ports[3 + member]}"));
        var starting = Enumerable.Range(0, 3).Select(member =>
        {
            var (client, peer) = ($"http://127.0.0.1:{ports[member]}", $"http://127.0.0.1:{ports[3 + member]}");
            _endpoints.Add(client);
            return ServerProcess.StartAsync(
                "etcd",
                [
                    "--name", $"m{member}", "--data-dir", _folder.At($"m{member}"), "--initial-cluster", group,
                    "--listen-client-urls", client, "--advertise-client-urls", client,
                    "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,

                    // A leader that a busy machine holds up for a second is not lost.
                    "--heartbeat-interval", "500", "--election-timeout", "5000",
                ],
                Readiness.Answer(new($"{client}/health")),
                Limit);
        });
        _members.AddRange(await Task.WhenAll(starting));
    }

    private async Task<int> LeaderAsync()
    {
        using var http = new HttpClient();
        var leader = -1;
        await MetadServer.UntilAsync(async () =>
        {
            for (var member = 0; member < _endpoints.Count && leader < 0; member++)
            {
                var metrics = await http.GetStringAsync($"{_endpoints[member]}/metrics", Limit);
                leader = metrics.Contains("\netcd_server_is_leader 1", StringComparison.Ordinal) ? member : leader;
            }

            return leader >= 0;
        });
        return leader;
    }
}
