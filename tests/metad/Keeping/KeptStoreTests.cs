using System.Globalization;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Keys;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Keeping;

/// <summary>A restart while the store is away: the last keys are served and marked, and what happened meanwhile counts then.</summary>
public sealed class KeptStoreTests : IDisposable
{
    private const string Client = "10.0.0.1";

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task A_restart_without_the_store_serves_the_last_keys_as_stale_and_catches_up(string server)
    {
        await using var store = await StoreServer.StartAsync(InnerStore.Of(server), _folder.At("data"), Limit);
        var arguments = ArgumentsFor(store);
        RawAnswer? last = null;
        await RunOnceAsync(arguments, async first =>
        {
            await first.WriteAsync("PUT", "/v1/data", """{"n":{"name":"one","gone":"x"},"secret":"s"}""");
            await first.WriteAsync("PUT", "/v1/mapping", """{"10.0.0.1":{"node":"/n"}}""");
            await first.WriteAsync("PUT", "/v1/rule", """{"10.0.0.2":[{"path":"/","mode":1},{"path":"/secret","mode":-1}]}""");
            last = await first.GetAsync("/self", Client);
        });

        await store.StopAsync(Limit);
        await using var again = await MetadServer.StartAsync(arguments);
        await MetadServer.UntilAsync(async () => (await again.GetAsync("/self", Client)).Status == 200);

        var stale = await again.GetAsync("/self", Client);
        (stale.Body, stale.Version, stale.Header("etag")).Should().Be((last!.Body, last.Version, last.Header("etag")));
        int.Parse(stale.Header("x-metad-stale")!, CultureInfo.InvariantCulture).Should().BeGreaterThanOrEqualTo(0);
        (await again.GetAsync("/secret", "10.0.0.2")).Status.Should().Be(404, "what was hidden stays hidden");
        (await again.GetAsync("/", "10.0.0.3")).Status.Should().Be(404);
        (await again.ManageAsync("GET", "/health/ready")).Status.Should().Be(503);
        (await again.ManageAsync("PUT", "/v1/data/late", "\"x\"")).Status.Should().Be(503);
        var waiting = await again.WaitOnAsync("/self/node/gone?wait=true", Client);

        await store.StartAgainAsync(Limit);
        using var client = new EtcdClient(new() { Endpoints = [store.ClientUrl.OriginalString] });
        await client.DeleteAsync(KeyRange.Only("/n/gone"));
        await again.BecomeReadyAsync();

        (await waiting).Status.Should().Be(404);
        await MetadServer.UntilAsync(async () => await again.JsonAsync("/self", Client) == """{"node":{"name":"one"}}""");
        (await again.GetAsync("/self", Client)).Header("x-metad-stale").Should().BeNull();
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task What_happened_while_both_were_away_counts_once_the_store_answers(string server)
    {
        await using var store = await StoreServer.StartAsync(InnerStore.Of(server), _folder.At("data"), Limit);
        var arguments = ArgumentsFor(store, "--default_access=read", "--prefix=/p");
        await RunOnceAsync(arguments, first => first.WriteAsync("PUT", "/v1/data", """{"a":"1","gone":"x"}"""));

        using var client = new EtcdClient(new() { Endpoints = [store.ClientUrl.OriginalString] });
        await client.DeleteAsync(KeyRange.Only("/p/gone"));
        var revision = await client.PutAsync("/p/b", "2");
        await using var again = await MetadServer.StartAsync(arguments);
        await again.BecomeReadyAsync();

        (await again.JsonAsync("/", Client)).Should().Be("""{"a":"1","b":"2"}""");
        (await again.GetAsync("/", Client)).Version.Should().Be(revision);
    }

    [Fact]
    public async Task Too_old_keys_are_not_served()
    {
        await using var store = await StoreServer.StartAsync(InnerStore.Of(OnStoreAttribute.Ours), _folder.At("data"), Limit);
        var arguments = ArgumentsFor(store, "--default_access=read", "--stale_max=60");
        await RunOnceAsync(arguments, first => first.WriteAsync("PUT", "/v1/data", """{"a":"1"}"""));

        await store.StopAsync(Limit);
        File.SetLastWriteTimeUtc(_folder.At("kept"), File.GetLastWriteTimeUtc(_folder.At("kept")).AddMinutes(-2));
        await using var again = await MetadServer.StartAsync(arguments);
        await MetadServer.UntilAsync(async () =>
            (await again.ManageAsync("GET", "/health")).Body.Contains("\"loaded\":true", StringComparison.Ordinal));

        (await again.GetAsync("/a", Client)).Status.Should().Be(503);
    }

    private string[] ArgumentsFor(StoreServer store, params string[] more) =>
    [
        "--backend=etcdv3", $"--nodes={store.ClientUrl.OriginalString}", $"--snapshot_file={_folder.At("kept")}", .. more,
    ];

    private static async Task RunOnceAsync(string[] arguments, Func<MetadServer, Task> fill)
    {
        await using var first = await MetadServer.StartAsync(arguments);
        await first.BecomeReadyAsync();
        await fill(first);
        await first.StopAsync();
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(60));
}
