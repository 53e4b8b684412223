using Grpc.Core;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Tests that each have three members of their own, and a client of them.</summary>
/// <param name="limit">How long one test may take.</param>
/// <param name="flags">Further flags of every member.</param>
public abstract class OnThreeMembers(TimeSpan limit, params string[] flags) : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(50);

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

    /// <summary>Makes a call until it is answered: while members elect a leader, it may end without an answer.</summary>
    /// <param name="attempt">The call; it may be carried out more than once.</param>
    private protected async Task<T> RetryAsync<T>(Func<Task<T>> attempt)
    {
        using var timer = new PeriodicTimer(RetryInterval);
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (RpcException away) when (away.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded)
            {
                await timer.WaitForNextTickAsync(Limit);
            }
        }
    }

    /// <inheritdoc cref="RetryAsync{T}"/>
    private protected Task RetryAsync(Func<Task> attempt) => RetryAsync(async () =>
    {
        await attempt();
        return true;
    });
}
