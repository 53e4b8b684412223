using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Sync.Metad.Model.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Containers;

/// <summary>Adds to a caller's address the names and the label of the one container that has it.</summary>
/// <remarks>
/// A caller at a Unix socket has its names from the kernel, and gets its container's label alone where labels count.
/// What was listed is only a hint: the runtime is asked about the one container before its names count, since an address
/// may have gone to another meanwhile. Of an address that several have none is believed. A connection keeps the names
/// that it was given: it ends with the container that opened it.
/// </remarks>
internal sealed class ContainerDirectory : BackgroundService
{
    private readonly RuntimeMirror[] _runtimes;
    private readonly bool _areLabelsRead;

    /// <summary>Creates a directory over runtimes.</summary>
    /// <param name="runtimes">The runtimes; none leaves callers as they are.</param>
    /// <param name="options">The settings, which say whether labels count.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when a runtime is away, and of labels that cannot be read.</param>
    public ContainerDirectory(
        IEnumerable<IContainerRuntime> runtimes, MetadOptions options, TimeProvider time, ILogger<RuntimeMirror> logger)
    {
        var within = options.Safety.ContainerLabels;
        _areLabelsRead = within is not null;
        _runtimes = [.. runtimes.Select(runtime => new RuntimeMirror(runtime, within, time, logger))];
    }

    /// <summary>One task a runtime, which ends when that one told of a change.</summary>
    public IReadOnlyList<Task> Changes => [.. _runtimes.Select(runtime => runtime.Changed)];

    /// <summary>Adds names to a caller that has an address and no names, and a label to a container that has no address.</summary>
    /// <param name="context">The caller's request.</param>
    /// <param name="client">The caller.</param>
    public ValueTask<ClientIdentity> NameAsync(HttpContext context, ClientIdentity client) => client switch
    {
        _ when _runtimes.Length == 0 => ValueTask.FromResult(client),
        { Address: { } address, Names.IsEmpty: true } => new(NameAsync(context, address)),
        { Address: null, Label: null } when _areLabelsRead && ContainerIn(client) is { } id =>
            new(LabelAsync(context, client, id)),
        _ => ValueTask.FromResult(client),
    };

    /// <summary>The same for a caller that somebody else asks about: it has no connection that would keep what is found.</summary>
    /// <param name="client">The caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ClientIdentity> NameAsync(ClientIdentity client, CancellationToken cancellationToken) => client switch
    {
        { Address: { } address, Names.IsEmpty: true } => await AskAsync(address, cancellationToken),
        { Address: null, Label: null } when _areLabelsRead && ContainerIn(client) is { } id =>
            await AskForLabelAsync(client, id, cancellationToken) ?? client,
        _ => client,
    };

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var runtime in _runtimes)
        {
            runtime.Dispose();
        }

        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_runtimes.Select(runtime => runtime.FollowAsync(stoppingToken)));

    private async Task<ClientIdentity> NameAsync(HttpContext context, ClientAddress address)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(this, out var kept)
            && kept is ClientIdentity known && known.Address == address)
        {
            return known;
        }

        var client = await AskAsync(address, context.RequestAborted);

        // A proxy's connection carries callers that come and go without it.
        var remote = context.Features.GetRequiredFeature<IHttpConnectionFeature>().RemoteIpAddress;
        if (items is not null && !client.Names.IsEmpty && remote is not null && ClientAddress.Of(remote) == address)
        {
            items[this] = client;
        }

        return client;
    }

    // A container keeps its labels and its number is never another's, so what was found counts as long as the connection.
    private async Task<ClientIdentity> LabelAsync(HttpContext context, ClientIdentity client, string id)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is not null && items.TryGetValue(this, out var kept)
            && kept is ClientIdentity known && known.Names.SequenceEqual(client.Names))
        {
            return known;
        }

        if (await AskForLabelAsync(client, id, context.RequestAborted) is { } labelled)
        {
            items?[this] = labelled;
            return labelled;
        }

        return client;
    }

    private async Task<ClientIdentity?> AskForLabelAsync(ClientIdentity client, string id, CancellationToken cancellationToken)
    {
        foreach (var runtime in _runtimes)
        {
            if (await runtime.LabelAsync(client, id, cancellationToken) is { } labelled)
            {
                return labelled;
            }
        }

        return null;
    }

    private static string? ContainerIn(ClientIdentity client) =>
        client.Names.Select(name => name.ContainerId).FirstOrDefault(id => id is not null);

    private async Task<ClientIdentity> AskAsync(ClientAddress address, CancellationToken cancellationToken)
    {
        var owners =
            from runtime in _runtimes
            from id in runtime.OwnersOf(address)
            select (Runtime: runtime, Id: id);
        return owners.ToList() is [var owner]
            ? await owner.Runtime.ConfirmAsync(owner.Id, address, cancellationToken)
            : new(address);
    }
}
