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
    private static readonly TimeSpan LagPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(100);

    // One that hashes is waited for however large the data is: a call whose connection broke ends by itself. This is for
    // a member that never comes to an end.
    private static readonly TimeSpan HashPatience = TimeSpan.FromHours(6);
    private static readonly TimeSpan TellAgain = TimeSpan.FromHours(1);

    private long? _told;

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
        using var late = new CancellationTokenSource(HashPatience, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping, late.Token);
        await using var look = time.CreateTimer(
            _ => EndWithLeadership(over), null, settings.ElectionTimeout, settings.ElectionTimeout);

        var view = front.View;
        var others = members.All.Where(member => member.Id.Value != identity.MemberId).ToList();
        var asking = Task.WhenAll(others.Select(member => AskAsync(member, view.Revision, over.Token)));
        var own = await front.TryHashAsync(view, over.Token);
        var answers = await asking;
        if (own is null || published.Status.Role != RoleKind.Leader)
        {
            return;
        }

        TellMissing(others.Where((_, place) => answers[place] is null));
        var hash = new MemberHash(identity.MemberId, own.Hash, own.CompactedRevision.Value);
        var diverged = HashJudge.FindDiverged(hash, answers.OfType<MemberHash>(), members.All.Count);
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

    private void EndWithLeadership(CancellationTokenSource over)
    {
        if (published.Status.Role != RoleKind.Leader)
        {
            over.Cancel();
        }
    }

    private void TellMissing(IEnumerable<ClusterMember> members)
    {
        if (_told is { } told && time.GetElapsedTime(told) < TellAgain)
        {
            return;
        }

        foreach (var member in members)
        {
            Log.NotCompared(logger, member.Id.Value);
            _told = time.GetTimestamp();
        }
    }

    // Null when the member has no hash to compare: it is away, too far behind, or did not come to an end.
    private async Task<MemberHash?> AskAsync(ClusterMember member, Revision revision, CancellationToken over)
    {
        using var channel = channels.Open(links.UrlOf(member));
        var client = new Peer.PeerClient(channel);
        var question = new HashQuestion { ClusterId = identity.ClusterId, Revision = revision.Value };
        var began = time.GetTimestamp();
        try
        {
            do
            {
                var answer = await client.HashAsync(question, cancellationToken: over);
                if (answer.IsComparable)
                {
                    return new MemberHash(member.Id.Value, answer.Hash, answer.CompactRevision);
                }

                await Task.Delay(AskAgain, time, over);
            }
            while (time.GetElapsedTime(began) < LagPatience);
        }
        catch (Exception end) when (end is RpcException or OperationCanceledException)
        {
            // It is away, or nobody waits for the answer any more.
        }

        return null;
    }
}
