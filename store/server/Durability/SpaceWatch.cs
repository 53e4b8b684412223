using Grpc.Core;
using Sync.Disk;
using Sync.Mvcc.Commands;
using Sync.Store.Hosting;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Durability;

/// <summary>
/// Looks at how full the disk is. Before it is so full that the member could not go on, writes are refused by the alarm
/// NOSPACE, as they are above the quota; what gives space back goes on.
/// </summary>
internal sealed partial class SpaceWatch(
    DataDirectory directory,
    StoreFront front,
    PublishedState published,
    SpaceLimit space,
    FailStop failStop,
    TimeProvider time,
    ILogger<SpaceWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookInterval, time);
        try
        {
            do
            {
                await LookAsync();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The member stops.
        }
        catch (DiskFailureException failure)
        {
            failStop.Stop(failure);
        }
    }

    private async Task LookAsync()
    {
        var hadRoom = published.HasRoom;
        published.HasRoom = directory.HasRoom;
        if (hadRoom && !published.HasRoom)
        {
            Log.NearlyFull(logger);
        }

        if (!space.IsAlarmDue(published.View.Alarms, published.HasRoom))
        {
            return;
        }

        try
        {
            await front.ProposeAsync<AlarmOutcome>(new RaiseAlarmCommand(space.Alarm));
        }
        catch (RpcException refused)
        {
            Log.NotRaised(logger, refused.Status.Detail);
        }
    }
}
