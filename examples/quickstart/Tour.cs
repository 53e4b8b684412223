using System.Diagnostics;
using System.Text;

namespace Sync.Quickstart;

/// <summary>The steps: each changes something and shows what follows from it.</summary>
/// <param name="programs">Where programs are started.</param>
/// <param name="addresses">Where they listen.</param>
internal sealed class Tour(TourPrograms programs, Addresses addresses) : IDisposable
{
    private readonly HttpClient _http = new();
    private ChildProgram? _shop;

    private string Endpoint => $"http://{addresses.StoreClients}";

    private string ShopUrl => $"http://{addresses.Shop}/";

    private string ShopFile => programs.PathOf("shop.conf");

    private string SelfUrl => $"http://{addresses.Metadata}/self";

    /// <summary>Shows all steps, in their order.</summary>
    /// <exception cref="TourException">A step did not show what it should.</exception>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        await Narration.StepAsync("A store starts, and keys are put into it", StartStoreAsync, cancellationToken);
        await Narration.StepAsync("confd renders the shop's file from them", RenderOnceAsync, cancellationToken);
        await Narration.StepAsync("The shop opens; confd and metad watch", StartOthersAsync, cancellationToken);
        await Narration.StepAsync("One key changes", ChangeGreetingAsync, cancellationToken);
        await Narration.StepAsync("A key comes, a key goes", ChangeSuppliersAsync, cancellationToken);
        await Narration.StepAsync("The shop asks metad who it is", AskWhoAmIAsync, cancellationToken);
    }

    /// <summary>Tells what can be tried by hand while everything stays up.</summary>
    public void Invite() => Console.WriteLine($"""

        All of it keeps running. Try, in another terminal:

          {ChildProgram.FileOf("storectl")} --endpoints {Endpoint} put /shop/greeting "Hello"
          etcdctl --endpoints {Endpoint} get / --prefix      # etcd's own client works too
          curl {ShopUrl}
          curl {SelfUrl}
          curl -H 'Accept: application/json' '{SelfUrl}?pretty=true'
          cat {ShopFile}

        Ctrl+C stops everything and removes {programs.Folder}.
        """);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task StartStoreAsync(CancellationToken cancellationToken)
    {
        var peers = $"http://{addresses.StorePeers}";
        programs.Start(
            "store", "--name", "default", "--data-dir", programs.PathOf("store"),
            "--listen-client-urls", Endpoint, "--advertise-client-urls", Endpoint,
            "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
            "--initial-cluster", $"default={peers}");
        await programs.AwaitAnswerAsync(_http, $"{Endpoint}/health", cancellationToken);
        await StoreControlAsync(["put", "/shop/listen", addresses.Shop], cancellationToken);
        await StoreControlAsync(["put", "/shop/metadata", $"http://{addresses.Metadata}"], cancellationToken);
        await StoreControlAsync(["put", "/shop/greeting", "Good morning"], cancellationToken);
        await StoreControlAsync(["put", "/shop/suppliers/north", "10.0.0.1:7001"], cancellationToken);
        await StoreControlAsync(["put", "/nodes/web-1/name", "web-1"], cancellationToken);
        await StoreControlAsync(["put", "/nodes/web-1/zone", "blue"], cancellationToken);
    }

    private async Task RenderOnceAsync(CancellationToken cancellationToken)
    {
        string[] arguments = [.. ConfdArguments(), "-onetime", "-sync-only"];
        Narration.Say($"$ confd {string.Join(' ', arguments)}");
        await programs.RunAsync("confd", arguments, cancellationToken);
        Narration.Say(await File.ReadAllTextAsync(ShopFile, cancellationToken), mark: "| ");
    }

    private async Task StartOthersAsync(CancellationToken cancellationToken)
    {
        _shop = programs.Start("quickstart", "legacy-shop", ShopFile, programs.PathOf("shop.pid"));
        await _shop.WaitForAsync(LegacyShop.ListeningLine, cancellationToken);
        programs.Start("confd", [.. ConfdArguments(), "-watch"]);
        programs.Start(
            "metad", "--backend", "etcdv3", "--nodes", Endpoint,
            "--listen", addresses.Metadata, "--listen_manage", addresses.MetadataManagement);
        await programs.AwaitAnswerAsync(_http, $"http://{addresses.MetadataManagement}/health/ready", cancellationToken);
        Narration.Say($"the shop  {ShopUrl}");
        Narration.Say($"metad     {SelfUrl}");
        await SayShopPageAsync(cancellationToken);
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
        var address = $"http://{addresses.MetadataManagement}/v1/mapping";
        Narration.Say($"$ curl -X POST {address} -d '{mapping}'");
        using var body = new StringContent(mapping, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(address), body, cancellationToken);
        answer.EnsureSuccessStatusCode();

        // Until metad has seen the mapping in the store, the caller is unknown to it, which is a 404.
        await programs.AwaitAnswerAsync(_http, $"{SelfUrl}/node/name", cancellationToken);
        await SayAnswerAsync(SelfUrl, cancellationToken);
        await SayAnswerAsync($"{ShopUrl}whoami", cancellationToken);
    }

    // One change of keys, and what follows: the file differs, the shop reloads, its page changes.
    private async Task ChangeAsync(string[] command, CancellationToken cancellationToken)
    {
        var before = await File.ReadAllLinesAsync(ShopFile, cancellationToken);
        var begun = Stopwatch.GetTimestamp();
        await StoreControlAsync(command, cancellationToken);
        await _shop!.WaitForAsync(LegacyShop.ReloadedLine, cancellationToken);
        var delay = Stopwatch.GetElapsedTime(begun);

        var after = await File.ReadAllLinesAsync(ShopFile, cancellationToken);
        Narration.Say(string.Join('\n', before.Except(after)), mark: "- ");
        Narration.Say(string.Join('\n', after.Except(before)), mark: "+ ");
        Narration.Say($"the shop reloaded {delay.TotalMilliseconds:F0} ms after the command began");
        await SayShopPageAsync(cancellationToken);
    }

    private async Task StoreControlAsync(string[] command, CancellationToken cancellationToken)
    {
        var words = command.Select(word => word.Contains(' ', StringComparison.Ordinal) ? $"\"{word}\"" : word);
        Narration.Say($"$ storectl {string.Join(' ', words)}");
        await programs.RunAsync("storectl", ["--endpoints", Endpoint, .. command], cancellationToken);
    }

    private async Task SayShopPageAsync(CancellationToken cancellationToken) =>
        Narration.Say(await _http.GetStringAsync(new Uri(ShopUrl), cancellationToken), mark: "the shop says: ");

    private async Task SayAnswerAsync(string address, CancellationToken cancellationToken)
    {
        Narration.Say($"$ curl {address}");
        Narration.Say(await _http.GetStringAsync(new Uri(address), cancellationToken), mark: "| ");
    }

    private string[] ConfdArguments() =>
    [
        "-backend", "etcdv3", "-node", Endpoint, "-confdir", Path.Combine(AppContext.BaseDirectory, "confdir"),
    ];
}
