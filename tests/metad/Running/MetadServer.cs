using System.Globalization;
using System.Text.RegularExpressions;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>The program on free ports of loopback: inside the test's own process, or the real executable beside it.</summary>
/// <remarks>
/// What the first start of a program costs is paid once inside, and beside at every start. Beside are the tests that
/// look at the process: its signals, its log, its memory, its users and sockets.
/// </remarks>
internal sealed partial class MetadServer : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly InnerMetad? _inner;
    private readonly ServerProcess? _process;

    private MetadServer(InnerMetad? inner, ServerProcess? process, int[] ports)
    {
        _inner = inner;
        _process = process;
        Port = ports[0];
        ManagePort = ports[1];
    }

    public ServerProcess Process => _process ?? throw new InvalidOperationException("It runs inside: start it beside.");

    public int Port { get; }

    public int ManagePort { get; }

    /// <summary>Starts it inside, callers told by <c>X-Forwarded-For</c>, and waits until it listens.</summary>
    public static Task<MetadServer> StartAsync(params string[] arguments) => StartInsideAsync(["--xff", .. arguments]);

    /// <summary>Starts it inside and waits until it listens.</summary>
    public static async Task<MetadServer> StartInsideAsync(params string[] arguments)
    {
        var ports = TakePorts();
        var inner = new InnerMetad([.. ListenAt(ports), .. arguments]);
        try
        {
            await inner.BecomeReadyAsync(ports[1], Deadline.In(StartLimit));
        }
        catch
        {
            await inner.DisposeAsync();
            throw;
        }

        return new(inner, process: null, ports);
    }

    /// <summary>Starts it beside, callers told by <c>X-Forwarded-For</c>, and waits until it listens.</summary>
    public static Task<MetadServer> StartBesideAsync(params string[] arguments) =>
        StartAtAsync(socket: "", manageSocket: "", ["--xff", .. arguments]);

    /// <summary>Starts it beside, at Unix sockets too, where they are given, and waits until it listens.</summary>
    public static async Task<MetadServer> StartAtAsync(string socket, string manageSocket, params string[] arguments)
    {
        var ports = TakePorts();
        string[] all = [.. ListenAt(ports, And(socket), And(manageSocket)), .. arguments];
        var process = await ServerProcess.StartAsync(
            BuiltPrograms.Require("metad"), all, Readiness.Port(ports[1]), Deadline.In(StartLimit));
        if (socket.Length + manageSocket.Length > 0)
        {
            // Callers may connect to a socket a moment after the ports are there.
            await process.Log.WaitForAsync(
                line => line.Contains("Serves metadata", StringComparison.Ordinal), Deadline.In(StartLimit));
        }

        return new(inner: null, process, ports);
    }

    /// <summary>Ends it as SIGTERM does and waits until it has.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> StopAsync() => _inner?.StopAsync() ?? Process.StopAsync(Deadline.In(StartLimit));

    /// <summary>Waits until the backend is followed.</summary>
    public Task BecomeReadyAsync() => UntilAsync(async () => (await ManageAsync("GET", "/health/ready")).Status == 200);

    public Task<RawAnswer> GetAsync(string target, string client, params string[] headers) =>
        RawClient.SendAsync(Port, "GET", target, [$"X-Forwarded-For: {client}", .. headers]);

    public async Task<string> JsonAsync(string target, string client) =>
        (await GetAsync(target, client, "Accept: application/json")).Body;

    public Task<RawAnswer> ManageAsync(string method, string target, string? body = null, params string[] headers) =>
        RawClient.SendAsync(ManagePort, method, target, headers, body);

    /// <summary>Writes and requires that it was done; what a busy store did not do in the write's own time is written again.</summary>
    public async Task<RawAnswer> WriteAsync(string method, string target, string? body = null)
    {
        var limit = Deadline.In(Limit);
        while (true)
        {
            var answer = await ManageAsync(method, target, body);
            var wasTooSlow = answer.Status == 503 && answer.Body.Contains("did not answer in time", StringComparison.Ordinal);
            if (!wasTooSlow || limit.IsCancellationRequested)
            {
                answer.Status.Should().Be(200, answer.Body);
                return answer;
            }
        }
    }

    /// <summary>Sends a request that waits, and returns once the server holds so many waiting requests.</summary>
    public async Task<Task<RawAnswer>> WaitOnAsync(string target, string client, int waiters = 1)
    {
        var answer = GetAsync(target, client, "Accept: application/json");
        await UntilWaitersAsync(waiters);
        return answer;
    }

    public Task UntilWaitersAsync(int count) => UntilAsync(async () =>
        Waiters().Match((await ManageAsync("GET", "/metrics")).Body).Groups[1].Value
            == count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Asks again and again, each time over a connection of its own, until it is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var limit = Deadline.In(Limit);
        using var timer = new PeriodicTimer(LookInterval);
        while (!await isSo())
        {
            await timer.WaitForNextTickAsync(limit);
        }
    }

    /// <summary>Looks again and again, letting others run between, until it is so.</summary>
    public static Task UntilAsync(Func<bool> isSo) => UntilAsync(async () =>
    {
        await Task.Yield();
        return isSo();
    });

    private static int[] TakePorts() => [.. FreePort.Take(2)];

    private static string[] ListenAt(int[] ports, string socket = "", string manageSocket = "") =>
    [
        "--listen", $"127.0.0.1:{ports[0]}{socket}",
        "--listen_manage", $"127.0.0.1:{ports[1]}{manageSocket}",
    ];

    private static string And(string socket) => socket.Length == 0 ? "" : $",unix:{socket}";

    public ValueTask DisposeAsync() => _inner?.DisposeAsync() ?? Process.DisposeAsync();

    [GeneratedRegex("^metad_waiters ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex Waiters();
}
