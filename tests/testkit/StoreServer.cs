namespace Sync.TestKit;

/// <summary>One member that serves etcd's API on loopback; it can be stopped, killed and started again.</summary>
/// <remarks>The data directory and the ports stay the same over restarts, so clients find it again.</remarks>
public sealed class StoreServer : IAsyncDisposable
{
    private readonly StoreProgram _program;
    private readonly IReadOnlyList<string> _arguments;
    private IRunningServer _running;

    private StoreServer(
        StoreProgram program,
        Uri clientUrl,
        Uri peerUrl,
        string dataDirectory,
        IReadOnlyList<string> arguments,
        IRunningServer running)
    {
        (_program, _arguments, _running) = (program, arguments, running);
        (ClientUrl, PeerUrl, DataDirectory) = (clientUrl, peerUrl, dataDirectory);
    }

    /// <summary>Where clients connect: <c>http://127.0.0.1:PORT</c>.</summary>
    public Uri ClientUrl { get; }

    /// <summary>Where other members would connect.</summary>
    public Uri PeerUrl { get; }

    /// <summary>The client address as etcdctl takes it: <c>127.0.0.1:PORT</c>.</summary>
    public string Endpoint => ClientUrl.Authority;

    /// <summary>The member's data directory.</summary>
    public string DataDirectory { get; }

    /// <summary>The running process; after a stop or kill, the one that ended.</summary>
    /// <exception cref="InvalidOperationException">The member runs inside the test.</exception>
    public ServerProcess Process => _running as ServerProcess
        ?? throw new InvalidOperationException("This member runs inside the test and has no process of its own.");

    /// <summary>The flags of a member that is a cluster by itself.</summary>
    /// <param name="clientUrl">Where it listens for clients.</param>
    /// <param name="peerUrl">Where it would listen for other members.</param>
    /// <param name="dataDirectory">An absolute path.</param>
    public static string[] MemberArguments(string clientUrl, string peerUrl, string dataDirectory) =>
    [
        "--name", "default",
        "--data-dir", dataDirectory,
        "--listen-client-urls", clientUrl,
        "--advertise-client-urls", clientUrl,
        "--listen-peer-urls", peerUrl,
        "--initial-advertise-peer-urls", peerUrl,
        "--initial-cluster", $"default={peerUrl}",
    ];

    /// <summary>Starts a member on free ports and waits until it answers <c>/health</c>.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="dataDirectory">An absolute path; it is created when missing, and kept.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="extraArguments">Further flags.</param>
    /// <exception cref="ServerProcessException">It ended, or the limit came, before it answered.</exception>
    public static async Task<StoreServer> StartAsync(
        StoreProgram program, string dataDirectory, CancellationToken cancellationToken, params string[] extraArguments)
    {
        var ports = FreePort.Take(2);
        var clientUrl = new Uri($"http://127.0.0.1:{ports[0]}");
        var peerUrl = new Uri($"http://127.0.0.1:{ports[1]}");
        string[] arguments =
            [.. MemberArguments(clientUrl.OriginalString, peerUrl.OriginalString, dataDirectory), .. extraArguments];
        var running = await RunAsync(program, arguments, HealthAt(clientUrl), cancellationToken);

        return new StoreServer(program, clientUrl, peerUrl, dataDirectory, arguments, running);
    }

    /// <summary>Starts one member of a cluster and waits until it answers <c>/health</c>: until the cluster has a leader.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="seat">The member's name and addresses.</param>
    /// <param name="dataDirectory">An absolute path; it is created when missing, and kept.</param>
    /// <param name="cluster">The flags that describe the cluster.</param>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="readiness">What to wait for instead of <c>/health</c>.</param>
    /// <exception cref="ServerProcessException">It ended, or the limit came, before it answered.</exception>
    public static async Task<StoreServer> StartMemberAsync(
        StoreProgram program,
        ClusterSeat seat,
        string dataDirectory,
        IReadOnlyList<string> cluster,
        CancellationToken cancellationToken,
        Readiness? readiness = null)
    {
        string[] arguments = [.. seat.Arguments(dataDirectory), .. cluster];
        var running = await RunAsync(program, arguments, readiness ?? HealthAt(seat.ClientUrl), cancellationToken);

        return new StoreServer(program, seat.ClientUrl, seat.PeerUrl, dataDirectory, arguments, running);
    }

    /// <summary>Starts the member again after <see cref="StopAsync"/> or <see cref="KillAsync"/>.</summary>
    /// <param name="cancellationToken">The limit of the start.</param>
    /// <param name="flags">Further flags, for this run alone.</param>
    /// <exception cref="ServerProcessException">It ended, or the limit came, before it answered.</exception>
    public async Task StartAgainAsync(CancellationToken cancellationToken, params string[] flags)
    {
        await _running.DisposeAsync();
        _running = await RunAsync(_program, [.. _arguments, .. flags], HealthAt(ClientUrl), cancellationToken);
    }

    /// <summary>Ends the member as SIGTERM does.</summary>
    /// <returns>Its exit code.</returns>
    public Task<int> StopAsync(CancellationToken cancellationToken) => _running.StopAsync(cancellationToken);

    /// <summary>Ends the member with SIGKILL, as a crash does.</summary>
    public Task KillAsync() => Process.KillAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private static Readiness HealthAt(Uri clientUrl) => Readiness.Answer(new Uri(clientUrl, "health"));

    private static async Task<IRunningServer> RunAsync(
        StoreProgram program, IReadOnlyList<string> arguments, Readiness readiness, CancellationToken cancellationToken) =>
        program.Inside is { } run
            ? await InnerServer.StartAsync(run, arguments, readiness, cancellationToken)
            : await ServerProcess.StartAsync(program.Executable, arguments, readiness, cancellationToken);
}
