using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Metad.Containers.Cri;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Mapping;

namespace Sync.Metad.Containers;

/// <summary>A runtime of Kubernetes, such as containerd or CRI-O: an address belongs to a pod.</summary>
/// <remarks>Source: Kubernetes Container Runtime Interface, version 1.</remarks>
internal sealed class CriRuntime : IContainerRuntime, IDisposable
{
    // Runtimes without events are asked again this often.
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly GrpcChannel _channel;
    private readonly RuntimeService.RuntimeServiceClient _client;
    private readonly TimeProvider _time;

    /// <summary>Speaks to a runtime; connects with the first question.</summary>
    /// <param name="socketPath">Its socket, such as <c>/run/containerd/containerd.sock</c>.</param>
    /// <param name="time">The clock.</param>
    public CriRuntime(string socketPath, TimeProvider time)
    {
        Name = $"CRI at {socketPath}";
        _time = time;
        _channel = GrpcChannel.ForAddress("http://cri", new()
        {
            HttpHandler = UnixHttp.NewHandler(socketPath),
            DisposeHttpClient = true,
        });
        _client = new(_channel);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunningContainer>> ListAsync(CancellationToken cancellationToken)
    {
        var request = new ListPodSandboxRequest { Filter = new() { State = new() { State = PodSandboxState.SandboxReady } } };
        var list = await ListAsync(request, cancellationToken);
        var pods = new List<RunningContainer>();
        foreach (var item in list.Items)
        {
            if (await FindAsync(item.Id, cancellationToken) is { } pod)
            {
                pods.Add(pod);
            }
        }

        return pods;
    }

    /// <inheritdoc/>
    public async Task<RunningContainer?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var request = new PodSandboxStatusRequest { PodSandboxId = id };
        try
        {
            var answer = await _client.PodSandboxStatusAsync(request, cancellationToken: cancellationToken);
            return answer.Status is { State: PodSandboxState.SandboxReady, Metadata: not null } pod ? Read(pod) : null;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
        catch (RpcException exception)
        {
            throw Away(exception, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<bool> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var events = _client.GetContainerEvents(new(), cancellationToken: cancellationToken);
        yield return true;
        while (await HasMoreAsync(events.ResponseStream, cancellationToken) is { } hasMore)
        {
            if (!hasMore)
            {
                throw new RuntimeException($"{Name} ended its events", cause: null);
            }

            yield return true;
        }

        using var timer = new PeriodicTimer(PollInterval, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            yield return true;
        }
    }

    // Null when the runtime has no events.
    private async Task<bool?> HasMoreAsync(
        IAsyncStreamReader<ContainerEventResponse> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNext(cancellationToken);
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            return null;
        }
        catch (RpcException exception)
        {
            throw Away(exception, cancellationToken);
        }
    }

    private async Task<ListPodSandboxResponse> ListAsync(ListPodSandboxRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.ListPodSandboxAsync(request, cancellationToken: cancellationToken);
        }
        catch (RpcException exception)
        {
            throw Away(exception, cancellationToken);
        }
    }

    // A call that we gave up ends by the same exception, and is no failure of the runtime.
    private RuntimeException Away(RpcException exception, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new($"{Name} did not answer: {exception.Status.Detail}", exception);
    }

    // A pod in its machine's network shares the machine's addresses with others.
    private static RunningContainer Read(PodSandboxStatus pod)
    {
        var isShared = pod.Linux?.Namespaces?.Options?.Network == NamespaceMode.Node;
        var texts = isShared || pod.Network is null
            ? []
            : pod.Network.AdditionalIps.Select(address => address.Ip).Prepend(pod.Network.Ip);
        return new(
            pod.Id,
            [ClientName.OfPod(pod.Metadata.Namespace, pod.Metadata.Name)],
            [.. texts.SelectMany(AddressesIn)],
            LabelOf(pod));
    }

    // A label of Kubernetes cannot hold a slash, an annotation can.
    private static string? LabelOf(PodSandboxStatus pod) =>
        pod.Annotations.TryGetValue(LabelMapping.Label, out var annotation) ? annotation
        : pod.Labels.TryGetValue(LabelMapping.Label, out var label) ? label
        : null;

    private static ClientAddress[] AddressesIn(string text) =>
        ClientAddress.TryParse(text, out var address) ? [address] : [];
}
