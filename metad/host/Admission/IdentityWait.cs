using Sync.Metad.Containers;
using Sync.Metad.Endpoints;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Admission;

/// <summary>
/// Holds a caller back that has neither rules nor a mapping yet, for a bounded time: it may have started before the one
/// who tells metad of it was done.
/// </summary>
internal sealed class IdentityWait
{
    private readonly EndpointServices _services;
    private readonly WaitingRoom _room;
    private readonly ContainerDirectory _containers;
    private readonly ViewSettings _settings;
    private readonly TimeSpan _most;

    /// <summary>Creates one.</summary>
    public IdentityWait(
        EndpointServices services, WaitingRoom room, ContainerDirectory containers, MetadOptions options)
    {
        _services = services;
        _room = room;
        _containers = containers;
        _settings = new(options.UnknownMayRead, options.OnlySelf);
        _most = options.Safety.IdentityWait;
    }

    /// <summary>Ends when the caller is known, the time is up, or there is no room to wait in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target as it was sent; one that waits by itself is not held back here.</param>
    /// <param name="client">The caller.</param>
    /// <returns>The caller, with the names that it got meanwhile.</returns>
    public ValueTask<ClientIdentity> UntilKnownAsync(HttpContext context, string rawTarget, ClientIdentity client)
    {
        var isHeld = _most > TimeSpan.Zero
            && !rawTarget.Contains("wait=true", StringComparison.OrdinalIgnoreCase)
            && !IsKnown(_services.Feed.Current, client);
        return isHeld ? new(HoldAsync(context, client)) : ValueTask.FromResult(client);
    }

    private async Task<ClientIdentity> HoldAsync(HttpContext context, ClientIdentity client)
    {
        var waiter = new Waiter(client, MetadataPath.Root, _services.Feed.Current, _settings);
        if (!_room.TryEnter(waiter))
        {
            return client;
        }

        using var limit = new CancellationTokenSource(_most, _services.Time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted, _services.Stopping, limit.Token);
        try
        {
            // Both are looked at before the caller is, so that no change between is missed.
            var (state, changes) = (_services.Feed.Current, _containers.Changes);
            while (!IsKnown(state, client = await _containers.NameAsync(context, client)))
            {
                await FirstOfAsync([state.Superseded, .. changes], ended.Token);
                (state, changes) = (_services.Feed.Current, _containers.Changes);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is up or nobody waits any more: the answer is what it is now.
        }
        finally
        {
            _room.Leave(waiter);
        }

        return client;
    }

    // Leaves nothing behind at the tasks that did not end: they may live for days, and many wait for each.
    private static async Task FirstOfAsync(IEnumerable<Task> tasks, CancellationToken cancellationToken)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(tasks.Select(task => task.WaitAsync(turn.Token)));
        await turn.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private bool IsKnown(FeedState state, ClientIdentity client) => state.Snapshot.For(client, _settings).IsKnown;
}
