using CliWrap;
using CliWrap.Buffered;
using Sync.Conformance.Tests.Servers;
using Sync.Metad.Tests.Running;
using Sync.TestKit;

namespace Sync.Metad.Tests.Endpoints;

/// <summary>
/// The commands of metad's quick-start guide, one after the other, with real stores, etcdctl and curl. The guide predates
/// access rules: its reads without a caller's address need <c>--default_access=read</c> today.
/// </summary>
public sealed class QuickStartGuideTests : IAsyncLifetime, IDisposable
{
    private const string Json = "-H 'Accept: application/json'";
    private const string As1 = "-H 'X-Forwarded-For: 192.168.1.1'";
    private const string As2 = "-H 'X-Forwarded-For: 192.168.1.2'";

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

    [DebianTheory("etcdctl", "curl")]
    [OnStore(OnStoreAttribute.Ours)]
    [OnStore(OnStoreAttribute.Etcd)]
    public async Task Every_command_answers_as_the_guide_says(string server)
    {
        _store = await StoreServer.StartAsync(InnerStore.Of(server), _folder.At("data"), Limit);
        _metad = await MetadServer.StartBesideAsync(
            "--backend", "etcdv3", "--nodes", _store.ClientUrl.OriginalString, "--log_level", "debug", "--default_access=read");
        await _metad.BecomeReadyAsync();

        await DataAsync();
        await ReadsAsync();
        await MappingAndWaitAsync();
    }

    private async Task DataAsync()
    {
        await RunAsync("for i in 1 2 3 4 5; do etcdctl put /nodes/$i/name node$i; etcdctl put /nodes/$i/ip 192.168.1.$i; done");
        await ShowAsync(
            "curl -X PUT -H 'Content-Type: application/json' $MANAGE/v1/data -d '"
            + """{"nodes":{"1":{"ip":"192.168.1.1","name":"node1"},"2":{"ip":"192.168.1.2","name":"node2"},"3":{"ip":"192.168.1.3","name":"node3"},"4":{"ip":"192.168.1.4","name":"node4"},"5":{"ip":"192.168.1.5","name":"node5"}}}"""
            + "'", "OK");
        await ShowAsync("""curl -X PUT $MANAGE/v1/data/nodes -d '{"6":{"ip":"192.168.1.6","name":"node6"}}'""", "OK");
        await ShowAsync($"curl {Json} $MANAGE/v1/data", "{\"nodes\":{" + Nodes(6) + "}}");
        await ShowAsync("""curl -X PUT $MANAGE/v1/data/nodes/6 -d '{"label":{"key1":"value1"}}'""", "OK");
        await ShowAsync($"curl {Json} {As1} $MANAGE/v1/data/nodes/6",
            """{"ip":"192.168.1.6","label":{"key1":"value1"},"name":"node6"}""");
        await ShowAsync("""curl -X PUT $MANAGE/v1/data/nodes/6 -d '{"label":{"key2":"value2"}}'""", "OK");
        await ShowAsync($"curl {Json} $MANAGE/v1/data/nodes/6",
            """{"ip":"192.168.1.6","label":{"key1":"value1","key2":"value2"},"name":"node6"}""");
        await ShowAsync("""curl -X PUT $MANAGE/v1/data/nodes/6 -d '{"label":{"key2":"new_value2"}}'""", "OK");
        await ShowAsync($"curl {Json} $MANAGE/v1/data/nodes/6",
            """{"ip":"192.168.1.6","label":{"key1":"value1","key2":"new_value2"},"name":"node6"}""");
        await ShowAsync("""curl -X POST $MANAGE/v1/data/nodes/6/label -d '{"key3":"value3"}'""", "OK");
        await ShowAsync($"curl {Json} $MANAGE/v1/data/nodes/6",
            """{"ip":"192.168.1.6","label":{"key3":"value3"},"name":"node6"}""");
        await ShowAsync("""curl -X PUT $MANAGE/v1/data/nodes/6/name -d '"new_node6"'""", "OK");
        await ShowAsync("curl -X DELETE \"$MANAGE/v1/data/nodes/6?subs=ip,label\"", "OK");
        await ShowAsync($"curl {Json} $MANAGE/v1/data/nodes/6", """{"name":"new_node6"}""");
        await ShowAsync("curl -X DELETE $MANAGE/v1/data/6", "OK");
        await ShowAsync("curl -X DELETE $MANAGE/v1/data/nodes/6", "OK");
    }

    private async Task ReadsAsync()
    {
        var keys = Enumerable.Range(1, 5).SelectMany(index => new[]
        {
            ($"/nodes/{index}/ip", $"192.168.1.{index}"), ($"/nodes/{index}/name", $"node{index}"),
        }).ToList();
        await ShowAsync("etcdctl get / --prefix", string.Concat(keys.Select(key => $"{key.Item1}\n{key.Item2}\n")));
        await ShowAsync("curl $PUBLIC/", string.Concat(keys.Select(key => $"{key.Item1}\t{key.Item2}\n")));
        var pretty = string.Join(",\n", Enumerable.Range(1, 5).Select(index =>
            $"    \"{index}\": {{\n      \"ip\": \"192.168.1.{index}\",\n      \"name\": \"node{index}\"\n    }}"));
        await ShowAsync($"curl {Json} \"$PUBLIC/?pretty=true\"", $"{{\n  \"nodes\": {{\n{pretty}\n  }}\n}}");
        await ShowAsync("curl -H 'Accept: application/yaml' $PUBLIC/", "nodes:\n" + string.Concat(
            Enumerable.Range(1, 5).Select(index => $"  \"{index}\":\n    ip: 192.168.1.{index}\n    name: node{index}\n")));
    }

    private async Task MappingAndWaitAsync()
    {
        const string Mapping =
            """{"192.168.1.1":{"node":"/nodes/1"},"192.168.1.2":{"node":"/nodes/2"},"192.168.1.3":{"node":"/nodes/3"}}""";
        await ShowAsync($"curl -X PUT $MANAGE/v1/mapping -d '{Mapping}'", "OK");
        await ShowAsync($"curl {Json} $MANAGE/v1/mapping", Mapping);
        await ShowAsync($"curl {Json} {As1} $PUBLIC/self/node", """{"ip":"192.168.1.1","name":"node1"}""");
        await ShowAsync($"curl {Json} {As2} $PUBLIC/self/node", """{"ip":"192.168.1.2","name":"node2"}""");

        var waiting = RunAsync($"curl -s {Json} {As1} \"$PUBLIC/self/?wait=true\"");
        await _metad!.UntilWaitersAsync(1);
        await ShowAsync("""curl -X PUT $MANAGE/v1/data/nodes/1/name -d '"n_node1"'""", "OK");

        const string Woken = """{"node":{"ip":"192.168.1.1","name":"n_node1"}}""";
        (await waiting).Should().Be(Woken);
        await ShowAsync($"curl {Json} {As1} \"$PUBLIC/self/?wait=true&prev_version=10\"", Woken);
        (await RunAsync($"curl -s -i {As1} $PUBLIC/self")).Should().MatchRegex("(?i)x-metad-version: [0-9]+");
    }

    private static string Nodes(int count) => string.Join(',', Enumerable.Range(1, count).Select(
        index => $$"""{{'"'}}{{index}}":{"ip":"192.168.1.{{index}}","name":"node{{index}}"}"""));

    private async Task ShowAsync(string command, string expected) =>
        (await RunAsync(command.Replace("curl", "curl -s", StringComparison.Ordinal))).Should().Be(expected, command);

    private async Task<string> RunAsync(string command)
    {
        var result = await Cli.Wrap("/bin/sh").WithArguments(["-c", command])
            .WithEnvironmentVariables(variables => variables
                .Set("ETCDCTL_API", "3")
                .Set("ETCDCTL_ENDPOINTS", _store!.Endpoint)
                .Set("ETCDCTL_DIAL_TIMEOUT", "20s")
                .Set("ETCDCTL_COMMAND_TIMEOUT", "60s")
                .Set("MANAGE", $"http://127.0.0.1:{_metad!.ManagePort}")
                .Set("PUBLIC", $"http://127.0.0.1:{_metad.Port}"))
            .ExecuteBufferedAsync(Limit);
        return result.StandardOutput;
    }

    private static CancellationToken Limit => Deadline.In(TimeSpan.FromSeconds(90));
}
