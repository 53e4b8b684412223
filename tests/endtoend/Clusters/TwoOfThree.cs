using Sync.Conformance.Tests.Servers;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Two members of a cluster of three, with the token <c>right</c>; the third has not come yet.</summary>
public sealed class TwoOfThree : IAsyncLifetime, IDisposable
{
    private static readonly string[] Names = ["m1", "m2", "m3"];

    private readonly TempDirectory _directory = new();
    private StoreServer[] _running = [];

    /// <summary>The members' names and addresses.</summary>
    public IReadOnlyList<ClusterSeat> Seats { get; } = ClusterSeat.Take(Names);

    /// <summary>What the members have as <c>--initial-cluster</c>.</summary>
    public string InitialCluster => string.Join(',', Seats.Select(seat => seat.Entry));

    public async Task InitializeAsync() => _running = await Task.WhenAll(Seats.Take(2).Select(seat =>
        StoreServer.StartMemberAsync(
            InnerStore.Program,
            seat,
            _directory.At(seat.Name),
            ["--initial-cluster", InitialCluster, "--initial-cluster-token", "right"],
            Deadline.In(TimeSpan.FromMinutes(4)))));

    public async Task DisposeAsync()
    {
        foreach (var member in _running)
        {
            await member.DisposeAsync();
        }
    }

    public void Dispose() => _directory.Dispose();
}
