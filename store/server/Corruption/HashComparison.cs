using Grpc.Core;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Peers.Api;
using Sync.Raft.Roles;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Corruption;

/// <summary>
/// Compares, while this member leads, the hash of its history with those of all other members, and raises the CORRUPT
/// alarm for each that differs.
/// </summary>
internal sealed partial class HashComparison(
    StoreFront front,
    PublishedState published,
    PeerLinks links,
    PeerChannels channels,
    Inbox<MemberRequest> inbox,
    StoreIdentity identity,
    StoreSettings settings,
    TimeProvider time,
    ILogger<HashComparison> logger)
    : BackgroundService
{
    // Hashing reads every value. However many there are, it takes no more than this share of the time.
    private const int TimeShare = 20;

    // A member that lags is asked until it has come as far, this long.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.CorruptCheckInterval is not { } interval)
        {
            return;
        }

        var pause = interval;
        try
        {
            while (true)
            {
                await Task.Delay(pause, time, stoppingToken);
                var began = time.GetTimestamp();
                if (published.Status is { Role: RoleKind.Leader, Members.All.Count: > 1 } status)
                {
                    await CompareAsync(status.Members, stoppingToken);
                }

                var least = TimeShare * time.GetElapsedTime(began);
                pause = least > interval ? least : interval;
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async Task CompareAsync(ClusterMembers members, CancellationToken stopping)
    {
        var view = front.View;
        var answers = await Task.WhenAll(members.All
            .Where(member => member.Id.Value != identity.MemberId)
            .Select(member => AskAsync(member, view.Revision, stopping)));
        KeyspaceHash own;
        try
        {
            own = front.Read(() => view.HashKv(view.Revision));
        }
        catch (RpcException)
        {
            // A compaction went past the revision meanwhile; the next round takes a newer one.
            return;
        }

        var diverged = HashJudge.FindDiverged(
            new MemberHash(identity.MemberId, own.Hash, own.CompactedRevision.Value),
            answers.OfType<MemberHash>(),
            members.All.Count);
        foreach (var member in diverged.Where(member => !PublishedState.IsAlarmed(front.View, member)))
        {
            await RaiseAsync(member, view.Revision);
        }
    }

    private async Task RaiseAsync(ulong member, Revision revision)
    {
        Log.Diverged(logger, member, revision.Value);
        try
        {
            await front.ProposeAsync<AlarmOutcome>(new RaiseAlarmCommand(new Alarm(member, AlarmType.Corrupt)));
        }
        catch (RpcException refused)
        {
            Log.NotRaised(logger, member, refused.Status.Detail);
        }

        if (member == identity.MemberId)
        {
            // It serves nobody any more; another one leads better.
            inbox.TryPost(new MemberRequest.LeadershipTransfer(successor: null));
        }
    }

    // Null when the member has no hash to compare: it is away, too far behind, or has compacted otherwise.
    private async Task<MemberHash?> AskAsync(ClusterMember member, Revision revision, CancellationToken stopping)
    {
        using var channel = channels.Open(links.UrlOf(member));
        var client = new Peer.PeerClient(channel);
        var question = new HashQuestion { ClusterId = identity.ClusterId, Revision = revision.Value };
        var began = time.GetTimestamp();
        do
        {
            try
            {
                var answer = await client.HashAsync(
                    question, deadline: time.GetUtcNow().UtcDateTime + AnswerPatience, cancellationToken: stopping);
                if (answer.IsComparable)
                {
                    return new MemberHash(member.Id.Value, answer.Hash, answer.CompactRevision);
                }
            }
            catch (RpcException)
            {
                return null;
            }

            await Task.Delay(AskAgain, time, stopping);
        }
        while (time.GetElapsedTime(began) < AnswerPatience);

        return null;
    }
}
