using System.Net.Http.Headers;
using System.Text.Json;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Storms;

/// <summary>metad, read over its manage port, which shows all data without rules.</summary>
internal sealed class MetadFollower : IFollower
{
    private readonly HttpClient _client;

    private MetadFollower(ServerProcess process, HttpClient client) => (Process, _client) = (process, client);

    /// <inheritdoc/>
    public ServerProcess Process { get; }

    /// <summary>Starts metad against a store.</summary>
    public static async Task<IFollower> StartAsync(StoreServer server)
    {
        var ports = FreePort.Take(2);
        var manage = new Uri($"http://127.0.0.1:{ports[1]}");
        var process = await ServerProcess.StartAsync(
            BuiltPrograms.Require("metad"),
            [
                "--backend", "etcdv3", "--nodes", server.ClientUrl.OriginalString,
                "--listen", $"127.0.0.1:{ports[0]}", "--listen_manage", manage.Authority,
            ],
            Readiness.Answer(new Uri(manage, "/health")),
            Deadline.In(TimeSpan.FromSeconds(60)));
        var client = new HttpClient { BaseAddress = manage };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));

        return new MetadFollower(process, client);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>?> ViewAsync(CancellationToken cancellationToken)
    {
        using var answer = await _client.GetAsync(new Uri("/v1/data/storm", UriKind.Relative), cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return null;
        }

        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        return body.RootElement.EnumerateObject()
            .SelectMany(folder => folder.Value.EnumerateObject().Select(leaf =>
                (Key: $"/storm/{folder.Name}/{leaf.Name}", Value: leaf.Value.GetString() ?? "")))
            .ToDictionary(pair => pair.Key, pair => pair.Value);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _client.Dispose();
    }
}
