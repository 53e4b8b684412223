using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;

namespace Sync.Registry;

/// <summary>
/// Starts a store, confd and haproxy, lets services come, crash and leave, and shows that their clients notice
/// nothing.
/// </summary>
internal sealed class Show : IAsyncDisposable
{
    private static readonly TimeSpan StepMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(50);

    private readonly string _folder = Directory.CreateTempSubdirectory("sync-registry-").FullName;
    private readonly string _haproxy;
    private readonly Uri _store;
    private readonly Uri _web;
    private readonly string _storePeers;
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
    private readonly Dictionary<string, ChildProgram> _children = [];
    private Traffic? _traffic;

    private Show(string haproxy)
    {
        _haproxy = haproxy;
        var ports = FreePorts(3);
        _store = new Uri($"http://127.0.0.1:{ports[0]}");
        _storePeers = $"http://127.0.0.1:{ports[1]}";
        _web = new Uri($"http://127.0.0.1:{ports[2]}/");
    }

    private string ConfigurationFile => Path.Combine(_folder, "haproxy.cfg");

    /// <summary>Runs the show.</summary>
    /// <param name="staysUp">Whether everything keeps running after the last step, until Ctrl+C.</param>
    /// <returns>The exit code: 1 when a step failed.</returns>
    public static async Task<int> RunAsync(bool staysUp)
    {
        if (FindHaproxy() is not { } haproxy)
        {
            await Console.Error.WriteLineAsync("registry: haproxy is not installed. On Debian: apt-get install haproxy");
            return 1;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var show = new Show(haproxy);
        try
        {
            await show.PerformAsync(stop.Token);
            if (staysUp)
            {
                await show.StayUpAsync(stop.Token);
            }

            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (StepException failure)
        {
            show.Explain(failure);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Stops all programs and removes their files.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_traffic is not null)
        {
            await _traffic.DisposeAsync();
        }

        // The store goes last: the services take their keys back first.
        foreach (var name in _children.Keys.OrderBy(name => name == "store").ToList())
        {
            await _children[name].DisposeAsync();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PerformAsync(CancellationToken cancellationToken)
    {
        await StepAsync("A store starts; confd renders haproxy's file; haproxy runs", StartAsync, cancellationToken);
        await StepAsync("Three services start and register themselves", ComeAsync, cancellationToken);
        await StepAsync("Clients ask without pause, each retries once", AskAsync, cancellationToken);
        await StepAsync("One service is killed; its lease ends", CrashAsync, cancellationToken);
        await StepAsync("It comes back under the same name", ComeBackAsync, cancellationToken);
        await StepAsync("Another one leaves in good order", LeaveAsync, cancellationToken);
        await StepAsync("One more is registered by hand, under a lease, and taken out again", ByHandAsync, cancellationToken);
        await StepAsync("What the clients saw", SumUpAsync, cancellationToken);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var endpoint = _store.OriginalString;
        Start("store", ChildProgram.PathOf("store"), "--name", "default",
            "--data-dir", Path.Combine(_folder, "store"),
            "--listen-client-urls", endpoint, "--advertise-client-urls", endpoint,
            "--listen-peer-urls", _storePeers, "--initial-advertise-peer-urls", _storePeers,
            "--initial-cluster", $"default={_storePeers}");
        await UntilAsync(() => IsAnsweredAsync(new Uri(_store, "/health"), cancellationToken), cancellationToken);
        await StoreControlAsync(["put", "/registry/listen", _web.Authority], cancellationToken);
        await StoreControlAsync(
            ["put", "/registry/socket", Path.Combine(_folder, "haproxy.sock")], cancellationToken);
        await RunAsync("confd", [.. ConfdArguments(), "-onetime", "-sync-only"], cancellationToken);
        Start("haproxy", _haproxy, "-W", "-db", "-f", ConfigurationFile, "-p", Path.Combine(_folder, "haproxy.pid"));
        Start("confd", ChildProgram.PathOf("confd"), [.. ConfdArguments(), "-watch"]);
        Say($"haproxy   {_web}");
    }

    private async Task ComeAsync(CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "anna", "bert", "carl" })
        {
            StartService(name);
        }

        await AnsweredByAsync(["anna", "bert", "carl"], cancellationToken);
        await StoreControlAsync(["get", "/services/", "--prefix"], cancellationToken);
        await ShowBackendsAsync(cancellationToken);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        _traffic = new Traffic(_web);
        var traffic = _traffic;
        await UntilAsync(() => Task.FromResult(traffic.Requests >= 200), cancellationToken);
        Say($"{traffic.Requests} requests so far, {traffic.Failures} failed");
    }

    private async Task CrashAsync(CancellationToken cancellationToken)
    {
        Say("$ kill -9 bert");
        await _children["bert"].KillAsync();
        await EndAsync("bert");
        await AnsweredByAsync(["anna", "carl"], cancellationToken);
        await ListedAsync("bert", isListed: false, cancellationToken);
        await ShowBackendsAsync(cancellationToken);
    }

    private async Task ComeBackAsync(CancellationToken cancellationToken)
    {
        StartService("bert");
        await AnsweredByAsync(["anna", "bert", "carl"], cancellationToken);
        await ShowBackendsAsync(cancellationToken);
    }

    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        Say("$ kill -INT anna");
        await EndAsync("anna");
        await AnsweredByAsync(["bert", "carl"], cancellationToken);
        await ShowBackendsAsync(cancellationToken);
    }

    // The address of a service that runs: it gets a second name, as an operator would give a program that knows nothing
    // of registries.
    private async Task ByHandAsync(CancellationToken cancellationToken)
    {
        var address = await StoreControlAsync(["get", "/services/hello/carl", "--print-value-only"], cancellationToken);
        var granted = await StoreControlAsync(["lease", "grant", "60"], cancellationToken);
        var lease = granted.Split(' ')[1];
        await StoreControlAsync(["put", "/services/hello/dora", address.Trim(), "--lease", lease], cancellationToken);
        await ListedAsync("dora", isListed: true, cancellationToken);
        await ShowBackendsAsync(cancellationToken);
        await StoreControlAsync(["lease", "revoke", lease], cancellationToken);
        await ListedAsync("dora", isListed: false, cancellationToken);
    }

    private Task ListedAsync(string name, bool isListed, CancellationToken cancellationToken) =>
        UntilAsync(
            async () => (await BackendsAsync(cancellationToken)).Contains(name, StringComparison.Ordinal) == isListed,
            cancellationToken);

    private Task SumUpAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var traffic = _traffic ?? throw new StepException("no client has asked");
        Say($"{traffic.Requests} requests, {traffic.Retries} answered at the second attempt, {traffic.Failures} failed");
        return traffic.Failures == 0
            ? Task.CompletedTask
            : throw new StepException($"{traffic.Failures} requests failed although they were retried");
    }

    private async Task StayUpAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine($"""

            All of it keeps running. Try, in another terminal:

              curl {_web}
              {ChildProgram.Own} hello dora {_store.OriginalString}    # one more service; then Ctrl+C or kill -9
              {ChildProgram.PathOf("storectl")} --endpoints {_store.OriginalString} watch /services/ --prefix
              cat {ConfigurationFile}

            Ctrl+C stops everything and removes {_folder}.
            """);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private async Task EndAsync(string name)
    {
        await _children[name].DisposeAsync();
        _children.Remove(name);
    }

    // Thirty answers in a row come from these services and no other.
    private Task AnsweredByAsync(HashSet<string> names, CancellationToken cancellationToken) =>
        UntilAsync(async () =>
        {
            var answers = new HashSet<string>();
            for (var asked = 0; asked < 30; asked++)
            {
                answers.Add(await AnswerAsync(cancellationToken));
            }

            return answers.SetEquals(names);
        }, cancellationToken);

    private async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(_web, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellationToken) : "";
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private async Task<bool> IsAnsweredAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task UntilAsync(Func<Task<bool>> isSoAsync, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeInterval);
        while (!await isSoAsync())
        {
            if (_children.FirstOrDefault(child => child.Value.HasEnded) is { Key: { } ended })
            {
                throw new StepException($"{ended} ended by itself");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<string> BackendsAsync(CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync(ConfigurationFile, cancellationToken);
        return string.Join('\n', lines.Where(line => line.TrimStart().StartsWith("server ", StringComparison.Ordinal)));
    }

    private async Task ShowBackendsAsync(CancellationToken cancellationToken) =>
        Say(await BackendsAsync(cancellationToken), mark: "haproxy.cfg: ");

    private async Task<string> StoreControlAsync(string[] command, CancellationToken cancellationToken)
    {
        Say($"$ storectl {string.Join(' ', command)}");
        var output = await RunAsync(
            "storectl", ["--endpoints", _store.OriginalString, .. command], cancellationToken);
        Say(output, mark: "| ");
        return output;
    }

    private async Task<string> RunAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap(ChildProgram.PathOf(name))
            .WithArguments(arguments)
            .WithWorkingDirectory(_folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        return result.ExitCode == 0
            ? result.StandardOutput
            : throw new StepException($"{name} ended with exit code {result.ExitCode}: {result.StandardError.Trim()}");
    }

    private static async Task StepAsync(
        string title, Func<CancellationToken, Task> actAsync, CancellationToken cancellationToken)
    {
        Console.WriteLine($"\n{title}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepMax);
        try
        {
            await actAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StepException($"the step took longer than {StepMax.TotalSeconds:F0} s");
        }
    }

    private void StartService(string name) =>
        Start(name, ChildProgram.Own, "hello", name, _store.OriginalString);

    private void Start(string name, string program, params string[] arguments) =>
        _children.Add(name, ChildProgram.Start(name, program, _folder, arguments));

    private string[] ConfdArguments() =>
    [
        "-backend", "etcdv3", "-node", _store.OriginalString,
        "-confdir", Path.Combine(AppContext.BaseDirectory, "confdir"),
    ];

    private void Explain(StepException failure)
    {
        Console.Error.WriteLine($"\nThe step failed: {failure.Message}");
        foreach (var (name, child) in _children)
        {
            Console.Error.WriteLine($"\nThe last lines of {name}:");
            Console.Error.WriteLine(string.Join('\n', child.LastLines.Select(line => "  " + line)));
        }
    }

    // Debian puts it where a user's PATH may not look.
    private static string? FindHaproxy() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, "haproxy"))
            .FirstOrDefault(File.Exists);

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, port: 0)).ToList();
        listeners.ForEach(listener => listener.Start());
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        listeners.ForEach(listener => listener.Dispose());
        return ports;
    }

    private static void Say(string text, string mark = "")
    {
        foreach (var line in text.TrimEnd('\n').Split('\n').Where(line => line.Length > 0))
        {
            Console.WriteLine($"  {mark}{line}");
        }
    }
}
