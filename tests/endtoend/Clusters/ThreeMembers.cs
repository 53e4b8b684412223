using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Three members that tests share: nothing disturbs them, and keys of one test are no matter to another.</summary>
/// <remarks>They are patient with each other, so that a busy machine brings about no election between two calls.</remarks>
public sealed class ThreeMembers : IAsyncLifetime, IDisposable
{
    internal StoreCluster Cluster { get; private set; } = null!;

    internal ClusterClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await StoreCluster.StartAsync(
            StoreProgram.Ours,
            size: 3,
            Deadline.In(TimeSpan.FromMinutes(2)),
            "--heartbeat-interval", "250", "--election-timeout", "2500");
        Client = new ClusterClient(Cluster.Members);
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    public void Dispose() => Client?.Dispose();
}
