using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using CliWrap;
using CliWrap.Buffered;

namespace Sync.Quickstart;

/// <summary>Starts everything, changes keys, and shows what follows from each change.</summary>
internal sealed class Tour : IAsyncDisposable
{
    private static readonly TimeSpan StepMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("sync-quickstart-").FullName;
    private readonly Addresses _addresses = Addresses.Choose();
    private readonly HttpClient _http = new();
    private readonly Stack<ChildProgram> _children = new();

    private string ShopFile => Path.Combine(_folder, "shop.conf");

    private string Endpoint => $"http://{_addresses.StoreClients}";

    private string ShopUrl => $"http://{_addresses.Shop}/";

    private string MetadataUrl => $"http://{_addresses.Metadata}/self";

    /// <summary>Runs the tour.</summary>
    /// <param name="staysUp">Whether everything keeps running after the last step, until Ctrl+C.</param>
    /// <returns>The exit code: 1 when a step failed.</returns>
    public static async Task<int> RunAsync(bool staysUp)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        await using var tour = new Tour();
        try
        {
            await tour.ShowAsync(stop.Token);
            if (staysUp)
            {
                await tour.StayUpAsync(stop.Token);
            }

            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (TourException failure)
        {
            tour.Explain(failure);
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Stops all programs, the last started first, and removes their files.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_children.TryPop(out var child))
        {
            await child.DisposeAsync();
        }

        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ShowAsync(CancellationToken cancellationToken)
    {
        await StepAsync("A store starts, and keys are put into it", StartStoreAsync, cancellationToken);
        await StepAsync("confd renders the shop's file from them, once", RenderOnceAsync, cancellationToken);
        await StepAsync("The shop opens; confd and metad watch the store", StartOthersAsync, cancellationToken);
        await StepAsync("One key changes", ChangeGreetingAsync, cancellationToken);
        await StepAsync("A key comes, a key goes", ChangeSuppliersAsync, cancellationToken);
        await StepAsync("The shop asks metad who it is", AskWhoAmIAsync, cancellationToken);
    }

    private async Task StartStoreAsync(CancellationToken cancellationToken)
    {
        var peers = $"http://{_addresses.StorePeers}";
        Start(
            "store", "--name", "default", "--data-dir", Path.Combine(_folder, "store"),
            "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
            "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
            "--initial-cluster", $"default={peers}");
        await AnswerAsync($"{Endpoint}/health", cancellationToken);
        await StoreControlAsync(["put", "/shop/listen", _addresses.Shop], cancellationToken);
        await StoreControlAsync(["put", "/shop/metadata", $"http://{_addresses.Metadata}"], cancellationToken);
        await StoreControlAsync(["put", "/shop/greeting", "Good morning"], cancellationToken);
        await StoreControlAsync(["put", "/shop/suppliers/north", "10.0.0.1:7001"], cancellationToken);
        await StoreControlAsync(["put", "/nodes/web-1/name", "web-1"], cancellationToken);
        await StoreControlAsync(["put", "/nodes/web-1/zone", "blue"], cancellationToken);
    }

    private async Task RenderOnceAsync(CancellationToken cancellationToken)
    {
        string[] arguments = [.. ConfdArguments(), "-onetime", "-sync-only"];
        Say($"$ confd {string.Join(' ', arguments)}");
        await RunAsync("confd", arguments, cancellationToken);
        Say(await File.ReadAllTextAsync(ShopFile, cancellationToken), mark: "| ");
    }

    private async Task StartOthersAsync(CancellationToken cancellationToken)
    {
        var shop = Start("quickstart", "legacy-shop", ShopFile, Path.Combine(_folder, "shop.pid"));
        await shop.WaitForAsync(LegacyShop.ListeningLine, cancellationToken);
        Start("confd", [.. ConfdArguments(), "-watch"]);
        Start(
            "metad", "--backend", "etcdv3", "--nodes", Endpoint,
            "--listen", _addresses.Metadata, "--listen_manage", _addresses.MetadataManagement);
        await AnswerAsync($"http://{_addresses.MetadataManagement}/health", cancellationToken);
        Say($"the shop  {ShopUrl}");
        Say($"metad     {MetadataUrl}");
        Say(await _http.GetStringAsync(new Uri(ShopUrl), cancellationToken), mark: "the shop says: ");
    }

    private Task ChangeGreetingAsync(CancellationToken cancellationToken) =>
        ChangeAsync(["put", "/shop/greeting", "Good evening"], cancellationToken);

    private async Task ChangeSuppliersAsync(CancellationToken cancellationToken)
    {
        await ChangeAsync(["put", "/shop/suppliers/south", "10.0.0.2:7001"], cancellationToken);
        await ChangeAsync(["del", "/shop/suppliers/north"], cancellationToken);
    }

    private async Task AskWhoAmIAsync(CancellationToken cancellationToken)
    {
        const string mapping = """{"127.0.0.1": {"node": "/nodes/web-1"}}""";
        var address = $"http://{_addresses.MetadataManagement}/v1/mapping";
        Say($"$ curl -X POST {address} -d '{mapping}'");
        using var body = new StringContent(mapping, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(address), body, cancellationToken);
        answer.EnsureSuccessStatusCode();

        // The mapping comes back over metad's own watch; until then the caller is unknown, which is a 404.
        await AnswerAsync($"{MetadataUrl}/node/name", cancellationToken);
        await ShowAnswerAsync(MetadataUrl, cancellationToken);
        await ShowAnswerAsync($"{ShopUrl}whoami", cancellationToken);
    }

    private async Task StayUpAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine($"""

            All of it keeps running. Try, in another terminal:

              {ChildProgram.PathOf("storectl")} --endpoints {Endpoint} put /shop/greeting "Hello"
              etcdctl --endpoints {Endpoint} get / --prefix      # etcd's own client works too
              curl {ShopUrl}
              curl {MetadataUrl}
              curl -H 'Accept: application/json' {MetadataUrl}?pretty=true
              cat {ShopFile}

            Ctrl+C stops everything and removes {_folder}.
            """);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    // One change of keys, and the three things that follow: the file differs, the shop reloads, its answer changes.
    private async Task ChangeAsync(string[] command, CancellationToken cancellationToken)
    {
        var shop = _children.Single(child => child.Name == "quickstart");
        var before = await File.ReadAllLinesAsync(ShopFile, cancellationToken);
        var changedAt = Stopwatch.GetTimestamp();
        await StoreControlAsync(command, cancellationToken);
        await shop.WaitForAsync(LegacyShop.ReloadedLine, cancellationToken);
        var delay = Stopwatch.GetElapsedTime(changedAt);

        var after = await File.ReadAllLinesAsync(ShopFile, cancellationToken);
        Say(string.Join('\n', before.Except(after)), mark: "- ");
        Say(string.Join('\n', after.Except(before)), mark: "+ ");
        Say($"the shop reloaded {delay.TotalMilliseconds:F0} ms after the command began");
        Say(await _http.GetStringAsync(new Uri(ShopUrl), cancellationToken), mark: "the shop says: ");
    }

    private async Task StoreControlAsync(string[] command, CancellationToken cancellationToken)
    {
        Say($"$ storectl {string.Join(' ', command.Select(Quoted))}");
        await RunAsync("storectl", ["--endpoints", Endpoint, .. command], cancellationToken);
    }

    private async Task RunAsync(string name, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Cli.Wrap(ChildProgram.PathOf(name))
            .WithArguments(arguments)
            .WithWorkingDirectory(_folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new TourException($"{name} ended with exit code {result.ExitCode}: {result.StandardError.Trim()}");
        }
    }

    private async Task ShowAnswerAsync(string address, CancellationToken cancellationToken)
    {
        Say($"$ curl {address}");
        Say(await _http.GetStringAsync(new Uri(address), cancellationToken), mark: "| ");
    }

    private async Task AnswerAsync(string address, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ProbeInterval);
        while (!await IsAnsweredAsync(address, cancellationToken))
        {
            if (_children.FirstOrDefault(child => child.HasEnded) is { } ended)
            {
                throw new TourException($"{ended.Name} ended by itself");
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    private async Task<bool> IsAnsweredAsync(string address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(address), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
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
            throw new TourException($"the step took longer than {StepMax.TotalSeconds:F0} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new TourException(fault.Message);
        }
    }

    private ChildProgram Start(string name, params string[] arguments)
    {
        var child = ChildProgram.Start(name, _folder, arguments);
        _children.Push(child);
        return child;
    }

    private string[] ConfdArguments() =>
    [
        "-backend", "etcdv3", "-node", Endpoint, "-confdir", Path.Combine(AppContext.BaseDirectory, "confdir"),
    ];

    private void Explain(TourException failure)
    {
        Console.Error.WriteLine($"\nThe step failed: {failure.Message}");
        foreach (var child in _children)
        {
            Console.Error.WriteLine($"\nThe last lines of {child.Name}:");
            Console.Error.WriteLine(string.Join('\n', child.LastLines.Select(line => "  " + line)));
        }
    }

    private static void Say(string text, string mark = "")
    {
        foreach (var line in text.TrimEnd('\n').Split('\n').Where(line => line.Length > 0))
        {
            Console.WriteLine($"  {mark}{line}");
        }
    }

    private static string Quoted(string word) => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word;
}
