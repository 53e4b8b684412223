using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Raft.Roles;
using Sync.Store.Options;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Compaction;

/// <summary>Compacts old history without being asked, as the operator set it, while this member leads.</summary>
/// <remarks>Source: etcd, server/etcdserver/api/v3compactor.</remarks>
internal sealed partial class CompactionLoop(
    StoreFront front, PublishedState published, StoreSettings settings, TimeProvider time, ILogger<CompactionLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan RevisionInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PeriodicIntervalMax = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => settings.AutoCompaction switch
    {
        AutoCompaction.ByRevision kept => KeepRevisionsAsync(kept.Revisions, stoppingToken),
        AutoCompaction.Periodic kept => KeepTimeAsync(kept.Retention, stoppingToken),
        AutoCompaction.Off => Task.CompletedTask,
        _ => throw new InvalidOperationException($"There is no compaction {settings.AutoCompaction}."),
    };

    private async Task KeepRevisionsAsync(long revisions, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(RevisionInterval, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            await CompactAsync(new Revision(front.View.Revision.Value - revisions));
        }
    }

    private async Task KeepTimeAsync(TimeSpan retention, CancellationToken stopping)
    {
        var seen = new RevisionHistory(retention);
        var interval = retention < PeriodicIntervalMax ? retention : PeriodicIntervalMax;
        using var timer = new PeriodicTimer(interval, time);
        do
        {
            await CompactAsync(seen.Note(front.View.Revision, time.GetElapsedTime(0)));
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task CompactAsync(Revision target)
    {
        if (published.Status.Role != RoleKind.Leader
            || target <= front.View.CompactedRevision || target <= Revision.Fresh)
        {
            return;
        }

        try
        {
            await front.ProposeAsync<CompactOutcome>(new CompactCommand(target));
            Log.Compacted(logger, target.Value);
        }
        catch (Grpc.Core.RpcException refused)
        {
            Log.NotCompacted(logger, target.Value, refused.Status.Detail);
        }
    }
}
