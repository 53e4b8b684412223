using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Mapping;

namespace Sync.Metad.Containers;

/// <summary>A Docker daemon, or Podman at the socket that speaks Docker's API.</summary>
/// <remarks>Source: Docker Engine API 1.43, ContainerList, ContainerInspect and SystemEvents.</remarks>
internal sealed class DockerRuntime : IContainerRuntime, IDisposable
{
    private const string Events =
        "/events?filters={\"type\":[\"container\",\"network\"],"
        + "\"event\":[\"start\",\"die\",\"rename\",\"connect\",\"disconnect\"]}";

    // The field of an inspection, not the property of this class.
    private const string InspectedName = "Name";

    private readonly HttpClient _http;

    /// <summary>Speaks to a daemon; connects with the first question.</summary>
    /// <param name="socketPath">Its socket, such as <c>/var/run/docker.sock</c>.</param>
    public DockerRuntime(string socketPath)
    {
        Name = $"Docker at {socketPath}";
        _http = new(UnixHttp.NewHandler(socketPath)) { BaseAddress = new("http://docker"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunningContainer>> ListAsync(CancellationToken cancellationToken) =>
        await AskAsync<IReadOnlyList<RunningContainer>>("/containers/json", list =>
        [
            .. list.EnumerateArray().Select(item =>
                Read(item, item.GetProperty("Names").EnumerateArray().Select(name => name.GetString()), item)),
        ], cancellationToken) ?? throw new RuntimeException($"{Name} has no list of containers", cause: null);

    /// <inheritdoc/>
    public Task<RunningContainer?> FindAsync(string id, CancellationToken cancellationToken) =>
        AskAsync($"/containers/{id}/json", item =>
            item.GetProperty("State").GetProperty("Running").GetBoolean()
                ? Read(item, [item.GetProperty(InspectedName).GetString()], labelled: item.TryGetProperty("Config", out var config) ? config : item)
                : null, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<bool> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await TryAsync(Events, () =>
            _http.GetAsync(Events, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
        Require(answer, Events);
        using var lines = new StreamReader(await TryAsync(Events, () => answer.Content.ReadAsStreamAsync(cancellationToken)));
        yield return true;
        while (await TryAsync(Events, () => lines.ReadLineAsync(cancellationToken).AsTask()) is not null)
        {
            yield return true;
        }

        throw new RuntimeException($"{Name} ended its events", cause: null);
    }

    // Null when there is no such thing.
    private async Task<T?> AskAsync<T>(string question, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        using var answer = await TryAsync(question, () => _http.GetAsync(question, cancellationToken));
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        Require(answer, question);
        var body = await TryAsync(question, () => answer.Content.ReadAsByteArrayAsync(cancellationToken));
        try
        {
            using var json = JsonDocument.Parse(body);
            return read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new RuntimeException($"{Name} answered {question} with what cannot be read", exception);
        }
    }

    private void Require(HttpResponseMessage answer, string question)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new RuntimeException($"{Name} answered {question} with {(int)answer.StatusCode}", cause: null);
        }
    }

    private async Task<T> TryAsync<T>(string question, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RuntimeException($"{Name} did not answer {question}: {exception.Message}", exception);
        }
    }

    private static RunningContainer Read(JsonElement item, IEnumerable<string?> names, JsonElement labelled)
    {
        var id = item.GetProperty("Id").GetString() ?? "";
        var addresses = ImmutableArray.CreateBuilder<ClientAddress>();
        foreach (var network in item.GetProperty("NetworkSettings").GetProperty("Networks").EnumerateObject())
        {
            foreach (var property in new[] { "IPAddress", "GlobalIPv6Address" })
            {
                if (network.Value.TryGetProperty(property, out var text)
                    && ClientAddress.TryParse(text.GetString() ?? "", out var address))
                {
                    addresses.Add(address);
                }
            }
        }

        // Names of links to other containers hold a second slash.
        var own = names.Select(name => name?.TrimStart('/') ?? "")
            .Where(name => name.Length > 0 && !name.Contains('/', StringComparison.Ordinal));
        return new(
            id,
            [ClientName.OfContainer(id), .. own.Select(ClientName.OfContainerName)],
            addresses.ToImmutable(),
            LabelIn(labelled));
    }

    // A container without labels may have null in their place.
    private static string? LabelIn(JsonElement labelled) =>
        labelled.TryGetProperty("Labels", out var labels) && labels.ValueKind == JsonValueKind.Object
        && labels.TryGetProperty(LabelMapping.Label, out var label) && label.ValueKind == JsonValueKind.String
            ? label.GetString()
            : null;
}
