namespace Sync.TestKit;

/// <summary>Members of one cluster, each a process of its own on loopback.</summary>
public sealed class StoreCluster : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly StoreProgram _program;
    private readonly string[] _flags;
    private readonly List<StoreServer> _members = [];

    private StoreCluster(StoreProgram program, IReadOnlyList<ClusterSeat> seats, string[] extraArguments)
    {
        (_program, Seats) = (program, seats);
        _flags = ["--initial-cluster", InitialCluster, .. extraArguments];
    }

    /// <summary>Names and addresses, in the order of <see cref="Members"/>.</summary>
    public IReadOnlyList<ClusterSeat> Seats { get; }

    /// <summary>The members. A stopped or killed one keeps its place.</summary>
    public IReadOnlyList<StoreServer> Members => _members;

    /// <summary>The value of <c>--initial-cluster</c>.</summary>
    public string InitialCluster => string.Join(',', Seats.Select(seat => seat.Entry));

    /// <summary>All client addresses as etcdctl takes them.</summary>
    public string Endpoints => string.Join(',', Seats.Select(seat => seat.ClientUrl.Authority));

    /// <summary>Starts a cluster and waits until every member answers <c>/health</c>.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="size">How many members.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="extraArguments">Further flags of every member.</param>
    public static Task<StoreCluster> StartAsync(
        StoreProgram program, int size, CancellationToken cancellationToken, params string[] extraArguments) =>
        StartAsync(program, ClusterSeat.Take(NamesOf(size)), cancellationToken, extraArguments);

    /// <summary>Starts a cluster on given seats and waits until every member answers <c>/health</c>.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="seats">Names and addresses.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="extraArguments">Further flags of every member.</param>
    public static async Task<StoreCluster> StartAsync(
        StoreProgram program,
        IReadOnlyList<ClusterSeat> seats,
        CancellationToken cancellationToken,
        params string[] extraArguments)
    {
        var cluster = new StoreCluster(program, seats, extraArguments);
        List<Task<StoreServer>> starts = [.. seats.Select(seat => StoreServer.StartMemberAsync(
            program, seat, cluster.DataDirectoryOf(seat), cluster._flags, cancellationToken))];
        try
        {
            cluster._members.AddRange(await Task.WhenAll(starts));
            return cluster;
        }
        catch
        {
            foreach (var start in starts.Where(start => start.IsCompletedSuccessfully))
            {
                cluster._members.Add(await start);
            }

            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where a member keeps its data.</summary>
    public string DataDirectoryOf(ClusterSeat seat) => _directory.At(seat.Name);

    /// <summary>Starts one more member, with flags of its own for the cluster.</summary>
    /// <param name="seat">Its name and addresses.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="flags">What it is told about the cluster.</param>
    public async Task<StoreServer> JoinAsync(
        ClusterSeat seat, CancellationToken cancellationToken, params string[] flags)
    {
        var member = await StoreServer.StartMemberAsync(
            _program, seat, DataDirectoryOf(seat), flags, cancellationToken);
        _members.Add(member);
        return member;
    }

    /// <summary>Starts one more member that has no vote; it is healthy when a serializable read succeeds.</summary>
    /// <param name="seat">Its name and addresses.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="flags">What it is told about the cluster.</param>
    public async Task<StoreServer> JoinLearnerAsync(
        ClusterSeat seat, CancellationToken cancellationToken, params string[] flags)
    {
        var member = await StoreServer.StartMemberAsync(
            _program,
            seat,
            DataDirectoryOf(seat),
            flags,
            cancellationToken,
            Readiness.Answer(new Uri(seat.ClientUrl, "health?serializable=true")));
        _members.Add(member);
        return member;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members)
        {
            await member.DisposeAsync();
        }

        _directory.Dispose();
    }

    private static string[] NamesOf(int size) => [.. Enumerable.Range(1, size).Select(number => $"m{number}")];
}
