using Sync.TestKit;

namespace Sync.Conformance.Tests.Servers;

/// <summary>Tells in the results when the suite ran on our store alone.</summary>
public sealed class EtcdPresenceTests
{
    [DebianFact("etcd")]
    public async Task The_suite_also_runs_on_etcd()
    {
        await using var server = await ConformanceServer.StartAsync("etcd");

        (await server.RevisionAsync()).Should().Be(1);
    }
}
