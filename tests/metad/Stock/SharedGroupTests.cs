using System.Text.Json;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Client;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Stock;

/// <summary>The original beside this program on one store and one group: what either writes, both read the same.</summary>
public sealed class SharedGroupTests : IDisposable
{
    private static readonly string[] Lists =
    [
        "[]", """[{"path":"/","mode":1}]""", """[{"path":"/","mode":0},{"path":"/d1","mode":1}]""",
    ];

    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task After_every_write_of_either_both_read_the_same(string server)
    {
        await using var store = await StoreServer.StartAsync(
            InnerStore.Of(server), _folder.At("data"), Deadline.In(TimeSpan.FromSeconds(60)));
        using var client = new EtcdClient(new() { Endpoints = [store.ClientUrl.OriginalString] });
        await using var ours = await MetadServer.StartAsync(
            "--backend=etcdv3", $"--nodes={store.ClientUrl.OriginalString}", "--prefix=/app", "--group=g");
        await ours.BecomeReadyAsync();
        var stock = new StockMetad(client, "/app", "g");
        var random = new Random(20180127);

        for (var round = 0; round < 80; round++)
        {
            var write = random.Next(2) == 0 ? ByStock(stock, random) : ByOurs(ours, random);
            await write();

            var theirs = await stock.LoadAsync();
            await MetadServer.UntilAsync(async () => await ReadAsync(ours) == theirs);
        }

        (await stock.LoadAsync()).Should().NotBe(("", "", ""), "something was written at all");
    }

    private static Func<Task> ByStock(StockMetad stock, Random random)
    {
        var (directory, leaf) = ($"/d{random.Next(3)}", $"k{random.Next(3)}");
        var address = $"10.0.0.{random.Next(3)}";
        return random.Next(8) switch
        {
            0 or 1 => () => stock.PutDataAsync($"{directory}/{leaf}", $"stock\t{random.Next(9)} <&> é"),
            2 => () => stock.ReplaceDataAsync(directory, ("k0", "r"), ("k2", "")),
            3 => () => stock.DeleteLeafAsync($"{directory}/{leaf}"),
            4 => () => stock.DeleteDirectoryAsync(directory),
            5 => () => stock.PutMappingAsync(address, leaf, $"{directory}/../d1"),
            6 => () => stock.DeleteMappingAsync(address),
            _ => random.Next(3) == 0
                ? () => stock.DeleteRulesAsync(address)
                : () => stock.PutRulesAsync(address, Lists[random.Next(Lists.Length)]),
        };
    }

    private static Func<Task> ByOurs(MetadServer ours, Random random)
    {
        var (directory, leaf) = ($"d{random.Next(3)}", $"k{random.Next(3)}");
        var address = $"10.0.0.{random.Next(3)}";
        return random.Next(8) switch
        {
            0 or 1 => () => ours.WriteAsync("PUT", "/v1/data", $$"""{"{{directory}}":{"{{leaf}}":{{random.Next(9)}},"k1":true} }"""),
            2 => () => ours.WriteAsync("POST", $"/v1/data/{directory}", """{"k0":"posted","k1":null}"""),
            3 => () => ours.WriteAsync("DELETE", $"/v1/data/{directory}/{leaf}"),
            4 => () => ours.WriteAsync("DELETE", $"/v1/data?subs={directory}"),
            5 => () => ours.WriteAsync("PUT", "/v1/mapping", $$"""{"{{address}}":{"{{leaf}}":"/{{directory}}","in":{"er":"/"} },"10.0.0.0/{{8 + random.Next(2)}}":{"{{leaf}}":"/{{directory}}"},"default":{"a":"/"} }"""),
            6 => () => ours.WriteAsync("DELETE", $"/v1/mapping?subs={address}"),
            _ => random.Next(3) == 0
                ? () => ours.WriteAsync("DELETE", $"/v1/rule?hosts={address}")
                : () => ours.WriteAsync("PUT", "/v1/rule", $$"""{"{{address}}":{{Lists[random.Next(Lists.Length)]}} }"""),
        };
    }

    private static async Task<(string Data, string Mapping, string Rules)> ReadAsync(MetadServer ours)
    {
        var rules = await ours.ManageAsync("GET", "/v1/rule", null, "Accept: application/json");
        using var hosts = JsonDocument.Parse(rules.Body);
        return (
            await TextAsync(ours, "/v1/data"),
            await TextAsync(ours, "/v1/mapping"),
            string.Join('\n', hosts.RootElement.EnumerateObject().Select(host =>
                $"{host.Name} {JsonSerializer.Serialize(host.Value)}")));
    }

    private static async Task<string> TextAsync(MetadServer ours, string target) =>
        (await ours.ManageAsync("GET", target)).Body;
}
