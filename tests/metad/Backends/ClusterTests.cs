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
        await metad.WriteAsync("PUT", "/v1/data/k", "\"before\"");
        var waiting = await metad.WaitOnAsync("/k?wait=true", Client);

        await _members[await LeaderAsync()].KillAsync();
        await MetadServer.UntilAsync(async () => (await metad.ManageAsync("PUT", "/v1/data/k", "\"after\"")).Status == 200);

        (await waiting).Body.Should().Be("\"after\"");
        await metad.BecomeReadyAsync();
        (await metad.GetAsync("/k", Client)).Header("x-metad-stale").Should().BeNull();
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(120));

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
                ],
                Readiness.Answer(new($"{client}/health")),
                Limit);
        });
        _members.AddRange(await Task.WhenAll(starting));
    }

    private async Task<int> LeaderAsync()
    {
        using var http = new HttpClient();
        for (var member = 0; ; member = (member + 1) % _endpoints.Count)
        {
            Limit.ThrowIfCancellationRequested();
            var metrics = await http.GetStringAsync($"{_endpoints[member]}/metrics", Limit);
            if (metrics.Contains("\netcd_server_is_leader 1", StringComparison.Ordinal))
            {
                return member;
            }
        }
    }
}
