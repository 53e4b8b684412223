using Sync.Conformance.Tests.Servers;
using Sync.EndToEnd.Tests.Clusters;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>Endpoints as etcdctl takes them: named by a whole URL, and given one by one.</summary>
public sealed class EndpointUrlTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(2));

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    // etcdctl sends the URL as :authority of these calls, which a strict HTTP/2 server refuses.
    [DebianFact("etcdctl")]
    public async Task Etcdctl_reaches_an_endpoint_that_is_named_by_its_url()
    {
        await using var server = await StoreServer.StartAsync(InnerStore.Program, _folder.At("data"), _limit);
        var etcdctl = new ControlProgram(DebianPrograms.Require("etcdctl"), server.ClientUrl.OriginalString);

        foreach (var words in (string[][])
            [["endpoint", "status"], ["endpoint", "status", "--cluster"], ["endpoint", "health", "--cluster"],
             ["endpoint", "hashkv"], ["defrag"], ["alarm", "list"]])
        {
            await etcdctl.RunAsync(_limit, words);
        }
    }

    [DebianFact("etcdctl")]
    public async Task Endpoints_that_are_given_one_by_one_add_up()
    {
        await using var server = await StoreServer.StartAsync(InnerStore.Program, _folder.At("data"), _limit);

        foreach (var program in (string[])[DebianPrograms.Require("etcdctl"), BuiltPrograms.Require("storectl")])
        {
            await new ControlProgram(program, server.Endpoint)
                .RunAsync(_limit, "--endpoints", $"127.0.0.1:{FreePort.Take()}", "put", "k", "v");
        }
    }
}
