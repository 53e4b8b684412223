using Sync.EndToEnd.Tests.Clusters;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Programs;

/// <summary>Calls of etcdctl that go to one endpoint, named by a whole URL.</summary>
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
        await using var server = await StoreServer.StartAsync(StoreProgram.Ours, _folder.At("data"), _limit);
        var etcdctl = new ControlProgram(DebianPrograms.Require("etcdctl"), server.ClientUrl.OriginalString);

        foreach (var words in (string[][])
            [["endpoint", "status"], ["endpoint", "status", "--cluster"], ["endpoint", "health", "--cluster"],
             ["endpoint", "hashkv"], ["defrag"], ["alarm", "list"]])
        {
            await etcdctl.RunAsync(_limit, words);
        }
    }
}
