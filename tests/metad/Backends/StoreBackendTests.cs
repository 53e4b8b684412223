using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Client;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Backends;

/// <summary>The real executable over a real store: what is written elsewhere, outages, compaction, whole revisions.</summary>
public sealed class StoreBackendTests : IAsyncLifetime, IDisposable
{
    private const string Client = "10.0.0.1";

    private readonly TempDirectory _folder = new();
    private StoreServer? _store;
    private MetadServer? _metad;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_metad is not null)
        {
            await _metad.DisposeAsync();
        }

        if (_store is not null)
        {
            await _store.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Keys_of_other_programs_are_followed_and_ours_are_theirs(string server)
    {
        var (store, metad) = await StartAsync(server);
        using var client = ClientOf(store);
        await client.PutAsync("/nodes/1/name", "node1");
        await client.PutAsync("/_metad/mapping/default/10.0.0.1/node", "/nodes/1");
        await client.PutAsync("/_metad/rule/default/10.0.0.1", """[{"path":"/nodes","mode":1}]""");

        await UntilBodyAsync(metad, "/self", """{"node":{"name":"node1"}}""");
        await metad.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.2":{"n":"/nodes/1"}}""");
        await metad.WriteAsync("PUT", "/v1/rule", """{"10.0.0.2":[{"path":"/","mode":0},{"path":"/nodes/1/name","mode":1}]}""");
        await metad.WriteAsync("PUT", "/v1/data/a", """{"b":[1.50,null]}""");

        (await client.GetAsync("/_metad/mapping/default/10.0.0.2/n"))!.ValueText.Should().Be("/nodes/1");
        (await client.GetAsync("/_metad/rule/default/10.0.0.2"))!.ValueText
            .Should().Be("""[{"path":"/","mode":0},{"path":"/nodes/1/name","mode":1}]""");
        (await client.GetAsync("/a/b/0"))!.ValueText.Should().Be("1.5");
        (await client.GetAsync("/a/b/1"))!.ValueText.Should().BeEmpty();
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task The_version_is_the_revision_of_the_store(string server)
    {
        var (store, metad) = await StartAsync(server, "--default_access=read");
        using var client = ClientOf(store);
        var revision = await client.PutAsync("/k", "v");

        await UntilBodyAsync(metad, "/k", "\"v\"");

        (await metad.GetAsync("/k", Client)).Version.Should().Be(revision);
        (await metad.WriteAsync("PUT", "/v1/data/k", "\"w\"")).Header("x-metad-revision").Should().Be($"{revision + 1}");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_write_is_seen_by_the_read_right_after_it_and_a_delete_by_the_put(string server)
    {
        var (_, metad) = await StartAsync(server, "--default_access=read");
        for (var round = 0; round < 50; round++)
        {
            await metad.WriteAsync("PUT", "/v1/data/d", $$"""{"k":"{{round}}","other":"x"}""");
            (await metad.JsonAsync("/d/k", Client)).Should().Be($"\"{round}\"");
            await metad.WriteAsync("DELETE", "/v1/data/d");
            (await metad.GetAsync("/d", Client)).Status.Should().Be(404);
        }
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Neighbours_of_prefix_and_group_are_not_ours(string server)
    {
        var (store, metad) = await StartAsync(server, "--prefix=p1", "--group=g", "--default_access=read");
        using var client = ClientOf(store);
        await client.PutAsync("/p10/b", "neighbour");
        await client.PutAsync("/_metad/rule/g2/10.0.0.1", "[]");
        await client.PutAsync("/_metad/mapping/g2/10.0.0.1/x", "/b");
        await client.PutAsync("/p1/b", "ours");

        await UntilBodyAsync(metad, "/", """{"b":"ours"}""");
        await metad.WriteAsync("DELETE", "/v1/data");

        (await client.GetAsync("/p10/b"))!.ValueText.Should().Be("neighbour");
        (await metad.JsonAsync("/", Client)).Should().Be("{}");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Deleting_the_root_of_the_whole_store_keeps_mappings_and_rules(string server)
    {
        var (store, metad) = await StartAsync(server);
        using var client = ClientOf(store);
        await client.PutAsync("/_met/x", "prefix of the reserved name");
        await metad.WriteAsync("PUT", "/v1/rule", """{"10.0.0.1":[{"path":"/","mode":1}]}""");
        var many = string.Join(',', Enumerable.Range(0, 300).Select(index => $"\"n{index}\":{{\"k\":\"v\"}}"));
        await metad.WriteAsync("PUT", "/v1/data", $"{{{many}}}");

        await metad.WriteAsync("DELETE", "/v1/data");

        (await metad.JsonAsync("/", Client)).Should().Be("{}");
        (await client.GetAsync("/_metad/rule/default/10.0.0.1")).Should().NotBeNull();
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_write_of_thousands_of_keys_arrives_whole(string server)
    {
        var (_, metad) = await StartAsync(server, "--default_access=read");
        var many = string.Join(',', Enumerable.Range(0, 5000).Select(index => $"\"k{index}\":\"{index}\""));

        await metad.WriteAsync("PUT", "/v1/data/many", $"{{{many}}}");

        (await metad.GetAsync("/many", Client)).Body.Count(letter => letter == '\n').Should().Be(5000);
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_large_write_that_ends_early_tells_how_far_it_came_and_has_removed_nothing(string server)
    {
        var (store, metad) = await StartAsync(server, "--default_access=read");
        using var client = ClientOf(store);
        await client.PutAsync("/many/old", "stays");
        var many = string.Join(',', Enumerable.Range(0, 200).Select(index => $"\"k{index:D3}\":\"{index}\""));

        // Larger than the store takes: the transaction that holds it is refused.
        var refused = await metad.ManageAsync("POST", "/v1/data/many", $"{{{many},\"z\":\"{new string('z', 3_000_000)}\"}}");

        refused.Status.Should().Be(500);
        refused.Body.Should().MatchRegex("^1 of [0-9]+ transactions were written, then: .+");
        (await client.GetAsync("/many/k000"))!.ValueText.Should().Be("0");
        (await client.GetAsync("/many/k199")).Should().BeNull();
        (await client.GetAsync("/many/old"))!.ValueText.Should().Be("stays");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Rules_that_cannot_be_read_leave_the_last_good_ones(string server)
    {
        var (store, metad) = await StartBesideAsync(server);
        using var client = ClientOf(store);
        await metad.WriteAsync("PUT", "/v1/data", """{"a":"1"}""");
        await metad.WriteAsync("PUT", "/v1/rule", """{"10.0.0.1":[{"path":"/","mode":1}]}""");

        await client.PutAsync("/_metad/rule/default/10.0.0.1", "[{broken");
        await metad.Process.Log.WaitForAsync(
            line => line.Contains("rules of 10.0.0.1 cannot be read", StringComparison.Ordinal), Limit);

        (await metad.JsonAsync("/a", Client)).Should().Be("\"1\"");
        (await metad.ManageAsync("GET", "/metrics")).Body.Should().Contain("metad_unreadable_rules_total 1");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task It_starts_without_the_store_and_serves_when_that_comes(string server)
    {
        var (store, metad) = await StartAsync(server, "--default_access=read");
        await store.StopAsync(Limit);
        await using var second = await MetadServer.StartAsync(
            "--default_access=read", "--backend=etcdv3", $"--nodes={store.ClientUrl.OriginalString}");

        (await second.GetAsync("/", Client)).Status.Should().Be(503);
        (await second.ManageAsync("GET", "/health")).Status.Should().Be(200);
        (await second.ManageAsync("GET", "/health/ready")).Status.Should().Be(503);
        (await second.ManageAsync("PUT", "/v1/data/x", "\"v\"")).Status.Should().Be(503);

        await store.StartAgainAsync(Limit);
        await second.BecomeReadyAsync();
        (await second.JsonAsync("/", Client)).Should().Be("{}");
        await metad.BecomeReadyAsync();
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task An_outage_is_told_and_nothing_is_missed(string server)
    {
        var (store, metad) = await StartAsync(server, "--default_access=read");
        using var client = ClientOf(store);
        await client.PutAsync("/k", "before");
        await client.PutAsync("/gone", "x");
        await UntilBodyAsync(metad, "/", """{"gone":"x","k":"before"}""");
        var waiting = await metad.WaitOnAsync("/k?wait=true", Client);

        await store.StopAsync(Limit);
        await MetadServer.UntilAsync(async () => (await metad.GetAsync("/k", Client)).Header("x-metad-stale") is not null);

        (await metad.JsonAsync("/k", Client)).Should().Be("\"before\"");
        (await metad.ManageAsync("GET", "/health/ready")).Status.Should().Be(503);
        (await metad.ManageAsync("PUT", "/v1/data/late", "\"x\"")).Status.Should().Be(503);
        waiting.IsCompleted.Should().BeFalse("the answer has not changed");

        await store.StartAgainAsync(Limit);
        using var again = ClientOf(store);
        await again.DeleteAsync(Etcd.Client.Keys.KeyRange.Only("/gone"));
        await again.PutAsync("/k", "after");

        (await waiting).Body.Should().Be("\"after\"");
        await metad.BecomeReadyAsync();
        (await metad.JsonAsync("/", Client)).Should().Be("""{"k":"after"}""", "and the refused write did not happen later");
        (await metad.GetAsync("/k", Client)).Header("x-metad-stale").Should().BeNull();
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Compaction_during_an_outage_loses_nothing(string server)
    {
        var (store, metad) = await StartBesideAsync(server, "--default_access=read");
        using var client = ClientOf(store);
        await client.PutAsync("/k", "before");
        await client.PutAsync("/gone", "x");
        await UntilBodyAsync(metad, "/", """{"gone":"x","k":"before"}""");

        // Frozen, metad cannot follow; what happens meanwhile is compacted away before it looks again.
        await metad.Process.PauseAsync();
        await client.DeleteAsync(Etcd.Client.Keys.KeyRange.Only("/gone"));
        for (var round = 0; round < 20; round++)
        {
            await client.PutAsync("/k", $"value {round}");
        }

        var last = await client.PutAsync("/k", "after");
        await client.CompactAsync(last);
        await store.KillAsync();
        await store.StartAgainAsync(Limit);
        await metad.Process.ResumeAsync();

        await UntilBodyAsync(metad, "/", """{"k":"after"}""");
        using var again = ClientOf(store);
        await again.PutAsync("/k", "later");
        await UntilBodyAsync(metad, "/k", "\"later\"");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_value_beside_children_comes_and_goes_without_them(string server)
    {
        var (store, metad) = await StartAsync(server, "--default_access=read");
        using var client = ClientOf(store);
        await client.PutAsync("/a/b", "below");
        await client.PutAsync("/a", "");
        await UntilBodyAsync(metad, "/", """{"a":{"b":"below"}}""");

        await client.DeleteAsync(Etcd.Client.Keys.KeyRange.Only("/a/b"));
        await UntilBodyAsync(metad, "/a", "\"\"");
        await client.PutAsync("/a/b", "again");
        await UntilBodyAsync(metad, "/a", """{"b":"again"}""");
        await client.DeleteAsync(Etcd.Client.Keys.KeyRange.Only("/a"));
        await client.PutAsync("/seen", "the delete came before");

        await UntilBodyAsync(metad, "/", """{"a":{"b":"again"},"seen":"the delete came before"}""");
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task No_answer_mixes_two_revisions(string server)
    {
        var (store, metad) = await StartAsync(server, "--default_access=read");
        using var client = ClientOf(store);
        var generations = Enumerable.Range(0, 8).Select(index => $"/g/{index}").ToArray();
        using var stop = new CancellationTokenSource();
        var writer = WriteGenerationsAsync(client, generations, stop.Token);
        await MetadServer.UntilAsync(async () => (await metad.GetAsync("/g", Client)).Status == 200);

        await ReadAsync(metad, "/g", countMin: 3000, text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t')[1]).Distinct().Should().ContainSingle().Subject);

        await stop.CancelAsync();
        await writer;
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task No_answer_mixes_data_mapping_and_rules_of_two_revisions_when_they_are_three_ranges(string server)
    {
        var (store, metad) = await StartAsync(server, "--prefix=/p", "--xff=false");
        using var client = ClientOf(store);
        using var stop = new CancellationTokenSource();
        var writer = WriteWholesAsync(client, stop.Token);
        await MetadServer.UntilAsync(async () => (await metad.GetAsync("/self", Client)).Status == 200);

        // Each revision moves the value, the name that leads to it and the rule that shows it: any mix shows nothing.
        await ReadAsync(metad, "/self", countMin: 1000, text => text.Should().MatchRegex("^/n\t[0-9]+\n$").And.Subject);

        await stop.CancelAsync();
        await writer;
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(60));

    // Reads until there were enough answers, and more than ten states among them; each is looked at.
    private static async Task ReadAsync(MetadServer metad, string path, int countMin, Func<string, string> stateOf)
    {
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{metad.Port}") };
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var limit = Deadline.In(TimeSpan.FromMinutes(3));
        for (var read = 0; read < countMin || seen.Count <= 10; read++)
        {
            limit.ThrowIfCancellationRequested();
            seen.Add(stateOf(await http.GetStringAsync(path, limit)));
        }
    }

    private static async Task WriteGenerationsAsync(EtcdClient client, string[] keys, CancellationToken stop)
    {
        for (var generation = 0; !stop.IsCancellationRequested; generation++)
        {
            var transaction = new Etcd.Api.TxnRequest();
            transaction.Success.AddRange(keys.Select(key => new Etcd.Api.RequestOp
            {
                RequestPut = new()
                {
                    Key = Google.Protobuf.ByteString.CopyFromUtf8(key),
                    Value = Google.Protobuf.ByteString.CopyFromUtf8($"{generation}"),
                },
            }));
            await client.TransactAsync(transaction, CancellationToken.None);
        }
    }

    private static async Task WriteWholesAsync(EtcdClient client, CancellationToken stop)
    {
        for (var generation = 0; !stop.IsCancellationRequested; generation++)
        {
            var transaction = new Etcd.Api.TxnRequest();
            transaction.Success.AddRange(
            [
                PutOf($"/p/g/{generation}", $"{generation}"),
                PutOf("/_metad/mapping/default/127.0.0.1/n", $"/g/{generation}"),
                PutOf("/_metad/rule/default/127.0.0.1", $$"""[{"path":"/g/{{generation}}","mode":1}]"""),
                new() { RequestDeleteRange = new() { Key = Google.Protobuf.ByteString.CopyFromUtf8($"/p/g/{generation - 1}") } },
            ]);
            await client.TransactAsync(transaction, CancellationToken.None);
        }
    }

    private static Etcd.Api.RequestOp PutOf(string key, string value) => new()
    {
        RequestPut = new()
        {
            Key = Google.Protobuf.ByteString.CopyFromUtf8(key),
            Value = Google.Protobuf.ByteString.CopyFromUtf8(value),
        },
    };

    private Task<(StoreServer Store, MetadServer Metad)> StartAsync(string server, params string[] arguments) =>
        StartAsync(InnerStore.Of(server), MetadServer.StartAsync, arguments);

    // For a test that stops a process in its tracks, or reads a log.
    private Task<(StoreServer Store, MetadServer Metad)> StartBesideAsync(string server, params string[] arguments) =>
        StartAsync(StoreProgram.Of(server), MetadServer.StartBesideAsync, arguments);

    private async Task<(StoreServer Store, MetadServer Metad)> StartAsync(
        StoreProgram server, Func<string[], Task<MetadServer>> start, string[] arguments)
    {
        _store = await StoreServer.StartAsync(server, _folder.At("data"), Limit);
        _metad = await start(["--backend=etcdv3", $"--nodes={_store.ClientUrl.OriginalString}", .. arguments]);
        await _metad.BecomeReadyAsync();
        return (_store, _metad);
    }

    private static EtcdClient ClientOf(StoreServer store) => new(new() { Endpoints = [store.ClientUrl.OriginalString] });

    private static Task UntilBodyAsync(MetadServer metad, string path, string body) =>
        MetadServer.UntilAsync(async () => await metad.JsonAsync(path, Client) == body);
}
