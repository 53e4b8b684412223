using Grpc.Core;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Peers;

/// <summary>Stops this member when it tells clients a lower version of etcd than the cluster has agreed on.</summary>
/// <remarks>
/// Other members refuse such a one when it introduces itself, and this is for when nobody did. What its own checkpoint and log
/// say may be overtaken by a downgrade that began while it was away, so a read tells first that it has applied all.
/// </remarks>
internal sealed class VersionGuard(
    StoreFront front, PublishedState published, StoreSettings settings, FailStop failStop, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Looks at once at a member that votes alone: it has replayed its whole log by now.</summary>
    /// <exception cref="StartException">Its version is too low.</exception>
    public override Task StartAsync(CancellationToken cancellationToken) =>
        published.Status.ServesReadsAlone && FindRefusal() is { } refusal
            ? throw new StartException(refusal)
            : base.StartAsync(cancellationToken);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (FindRefusal() is not null && await HasAppliedAllAsync() && FindRefusal() is { } refusal)
                {
                    failStop.Stop(new StartException(refusal));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private string? FindRefusal() => VersionCheck.FindRefusal(settings.EtcdVersion, published.Status.Members);

    private async Task<bool> HasAppliedAllAsync()
    {
        try
        {
            await front.LinearizableViewAsync();
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
