using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Tests that each have three members of their own, and a client of them.</summary>
/// <param name="limit">How long one test may take.</param>
/// <param name="flags">Further flags of every member.</param>
public abstract class OnThreeMembers(TimeSpan limit, params string[] flags) : IAsyncLifetime, IDisposable
{
    private protected CancellationToken Limit { get; } = Deadline.In(limit);

    private protected StoreCluster Cluster { get; private set; } = null!;

    private protected ClusterClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Cluster = await StoreCluster.StartAsync(StoreProgram.Ours, size: 3, Limit, flags);
        Client = new ClusterClient(Cluster.Members);
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();

    public void Dispose()
    {
        Client?.Dispose();
        GC.SuppressFinalize(this);
    }
}
