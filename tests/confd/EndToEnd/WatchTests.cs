using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>
/// A confd that follows a real server misses nothing, whatever happens to the server. <c>SYNC_CONFD_CHANGES=10000</c>
/// makes more changes than the default run does, on a machine that does nothing else, and holds confd to its time. Without
/// it our own store, which other tests try at length, gets the smaller numbers.
/// </summary>
public sealed class WatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private static int? MeasuredChanges =>
        int.TryParse(Environment.GetEnvironmentVariable("SYNC_CONFD_CHANGES"), out var changes) ? changes : null;

    [Theory]
    [OnStore(OnStoreAttribute.Ours, 300)]
    [OnStore(OnStoreAttribute.Etcd, 2_000)]
    public async Task After_thousands_of_random_changes_the_file_equals_the_keys(string program, int changes)
    {
        var limit = Deadline.In(Limit);
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Of(program), data.At("data"), limit);
        using var client = StorePrograms.ClientOf(server);
        await using var confd = new ConfdRun();
        var file = confd.Declare("keys", RandomKeys.Template, "keys = [\"/k\"]");
        var keys = new RandomKeys(client, "", keyCount: 500, seed: 1);

        await confd.StartAsync(limit, ConfdRun.Watching(server));
        await keys.ChangeAsync(MeasuredChanges ?? changes, limit);

        await Eventually.FileHasAsync(file, keys.Expected, limit);
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours, 1)]
    [OnStore(OnStoreAttribute.Etcd, 4)]
    public async Task No_change_is_missed_over_crashes_and_compactions_of_the_server(string program, int rounds)
    {
        var limit = Deadline.In(Limit);
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Of(program), data.At("data"), limit);
        using var client = StorePrograms.ClientOf(server);
        await using var confd = new ConfdRun();
        var file = confd.Declare("keys", RandomKeys.Template, "keys = [\"/k\"]", "prefix = \"/app\"");
        var keys = new RandomKeys(client, "/app", keyCount: 50, seed: 2);
        await confd.StartAsync(limit, ConfdRun.Watching(server));

        for (var round = 0; round < rounds; round++)
        {
            await keys.ChangeAsync(50, limit);
            await server.KillAsync();
            await AwayAsync(confd, times: round + 1, limit);
            await server.StartAgainAsync(limit);
            await keys.ChangeAsync(50, limit);
            var revision = await client.PutAsync("/other", "x", cancellation: limit);
            await client.CompactAsync(revision, limit);

            await Eventually.FileHasAsync(file, keys.Expected, limit);
        }
    }

    [Theory]
    [OnStore(OnStoreAttribute.Ours, 1)]
    [OnStore(OnStoreAttribute.Etcd, 10)]
    public async Task After_a_long_outage_and_a_compaction_the_file_is_soon_right(string program, int outageSeconds)
    {
        var limit = Deadline.In(Limit);
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Of(program), data.At("data"), limit);
        using var client = StorePrograms.ClientOf(server);
        await using var confd = new ConfdRun();
        var file = confd.Declare("keys", RandomKeys.Template, "keys = [\"/k\"]");
        var keys = new RandomKeys(client, "", keyCount: 50, seed: 3);
        await keys.ChangeAsync(50, limit);
        await confd.StartAsync(limit, ConfdRun.Watching(server));
        await Eventually.FileHasAsync(file, keys.Expected, limit);
        var before = keys.Expected;

        var outage = TimeSpan.FromSeconds(MeasuredChanges is null ? outageSeconds : 10);
        await server.StopAsync(limit);
#pragma warning disable RS0030 // The length of an injected fault.
        await Task.Delay(outage, limit);
#pragma warning restore RS0030
        (await File.ReadAllTextAsync(file, limit)).Should().Be(before, "a file keeps its content while the store is away");
        await server.StartAgainAsync(limit);
        await keys.ChangeAsync(100, limit);
        await client.CompactAsync(await client.PutAsync("/other", "x", cancellation: limit), limit);

        var soon = MeasuredChanges is not null ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(60);
        await Eventually.FileHasAsync(file, keys.Expected, Deadline.In(soon));
    }

    [DebianFact("etcd")]
    public async Task A_server_that_comes_up_after_confd_is_found()
    {
        var limit = Deadline.In(Limit);
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Etcd, data.At("data"), limit);
        await server.StopAsync(limit);
        await using var confd = new ConfdRun();
        var file = confd.Declare("a", "{{getv \"/a\" \"none\"}}", "keys = [\"/a\"]");

        await confd.StartAsync(limit, ConfdRun.Watching(server));
        await confd.Log.WaitForAsync(line => line.Contains("ERROR The backend is away"), limit);
        File.Exists(file).Should().BeFalse();
        await server.StartAgainAsync(limit);

        await Eventually.FileHasAsync(file, "none", limit);
        await confd.Log.WaitForAsync(line => line.EndsWith("INFO The backend is back"), limit);
    }

    [DebianFact("etcd")]
    public async Task Keys_changed_in_one_revision_reach_all_files_before_their_one_reload()
    {
        var limit = Deadline.In(Limit);
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Etcd, data.At("data"), limit);
        using var client = StorePrograms.ClientOf(server);
        await using var confd = new ConfdRun();
        string[] lines = ["keys = [\"/pair\"]", $"reload_cmd = \"cat {confd.At("out")}/* >> {confd.At("seen")}\""];
        confd.Declare("a", "{{getv \"/pair/a\"}};", lines);
        confd.Declare("b", "{{getv \"/pair/b\"}}\n", lines);
        await PutPairAsync(client, 0, limit);
        await confd.StartAsync(limit, ConfdRun.Watching(server));
        await Eventually.FileHasAsync(confd.At("seen"), "0;0\n", limit);

        for (var value = 1; value <= 20; value++)
        {
            await PutPairAsync(client, value, limit);
        }

        await Eventually.FileAsync(confd.At("seen"), text => text.EndsWith("20;20\n"), "...20;20", limit);
        (await File.ReadAllLinesAsync(confd.At("seen"), limit)).Should()
            .OnlyContain(line => line.Split(';')[0] == line.Split(';')[1], "both files come from one revision")
            .And.OnlyHaveUniqueItems("a reload comes once for both");
    }

    [DebianFact("etcd")]
    public async Task A_change_of_other_keys_renders_nothing()
    {
        var limit = Deadline.In(Limit);
        using var data = new TempDirectory();
        await using var server = await StoreServer.StartAsync(StoreProgram.Etcd, data.At("data"), limit);
        using var client = StorePrograms.ClientOf(server);
        await using var confd = new ConfdRun();
        var file = confd.Declare("a", "{{getv \"/a/x\" \"none\"}}", "keys = [\"/a\"]");
        await confd.StartAsync(limit, ConfdRun.Watching(server));
        await Eventually.FileHasAsync(file, "none", limit);

        await client.PutAsync("/a-neighbour", "1", cancellation: limit);
        await client.PutAsync("/ab", "1", cancellation: limit);
        await client.PutAsync("/a/x", "1", cancellation: limit);
        await Eventually.FileHasAsync(file, "1", limit);

        // What it wrote is whole when it has ended.
        (await confd.Process.StopAsync(limit)).Should().Be(0);
        confd.Log.Lines.Count(line => line.Contains("Using source template")).Should().Be(2);
    }

    private static Task<string> AwayAsync(ConfdRun confd, int times, CancellationToken limit)
    {
        var seen = 0;
        return confd.Log.WaitForAsync(line => line.Contains("The backend is away") && ++seen == times, limit);
    }

    private static Task<Etcd.Api.TxnResponse> PutPairAsync(Etcd.Client.EtcdClient client, int value, CancellationToken limit)
    {
        var transaction = new Etcd.Api.TxnRequest();
        foreach (var name in new[] { "/pair/a", "/pair/b" })
        {
            transaction.Success.Add(new Etcd.Api.RequestOp
            {
                RequestPut = new Etcd.Api.PutRequest
                {
                    Key = Google.Protobuf.ByteString.CopyFromUtf8(name),
                    Value = Google.Protobuf.ByteString.CopyFromUtf8($"{value}"),
                },
            });
        }

        return client.TransactAsync(transaction, limit);
    }
}
