using Grpc.Core;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Corruption;

/// <summary>
/// Compares, before a member that has data takes part and listens, the hash of its history with those of the members that it
/// reaches. One that differs does not start.
/// </summary>
/// <remarks>
/// Whoever is away, behind, or at another compaction says nothing against it: all may be starting at the same time. Source:
/// etcd, server/etcdserver/corrupt.go, InitialCheck.
/// </remarks>
internal sealed partial class InitialCheck(
    StoreFront front,
    PublishedState published,
    PeerChannels channels,
    PeerIdentity identity,
    FailStop failStop,
    StoreSettings settings,
    TimeProvider time,
    ILogger<InitialCheck> logger)
    : IHostedService
{
    // Hashing reads every value. A start waits for it, here and on the others, no longer than this.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var status = published.Status;
        var others = status.Members.All.Where(member => member.Id != identity.Self).ToList();
        if (!settings.ChecksDataAtStart || status.Applied == LogIndex.None || others.Count == 0)
        {
            return;
        }

        using var late = new CancellationTokenSource(Patience, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var view = front.View;
        var asking = Task.WhenAll(others.Select(member => AskAsync(member, view.Revision, over.Token)));
        var own = await front.TryHashAsync(view, over.Token);
        var replies = await asking;

        // A signal, or damage that the hash has met.
        cancellationToken.ThrowIfCancellationRequested();
        if (own is null)
        {
            Log.NotHashed(logger, Patience);
            return;
        }

        Tell(InitialJudge.Judge(identity.Self, own, replies), view.Revision, others.Count);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A refusal ends the start: the host's token fires.
    private void Tell(InitialFinding finding, Revision revision, int others)
    {
        foreach (var (member, reason) in finding.NotCompared)
        {
            Log.NotCompared(logger, member.Value, reason);
        }

        if (finding.Refusal is { } refusal)
        {
            failStop.Stop(new StartException(refusal));
        }
        else
        {
            Log.Compared(logger, revision.Value, finding.Equal, others);
        }
    }

    private async Task<HashReply> AskAsync(ClusterMember member, Revision revision, CancellationToken over)
    {
        var silence = "";
        foreach (var url in member.PeerUrls)
        {
            using var channel = channels.Open(url);
            var client = new Peer.PeerClient(channel);
            try
            {
                // Whoever is there may be of another life of the cluster, and says so.
                await client.IntroduceAsync(identity.IntroduceTo(member.Id), cancellationToken: over);
                var question = new HashQuestion { ClusterId = identity.ClusterId, Revision = revision.Value };
                return new HashReply(member, await client.HashAsync(question, cancellationToken: over), Silence: "");
            }
            catch (RpcException) when (over.IsCancellationRequested)
            {
                silence = $"no answer came within {Patience}";
            }
            catch (RpcException failure)
            {
                silence = channels.ExplainEnd(url, failure.Status.DebugException) ?? PeerLane.RefusalOf(failure).Sentence;
            }
        }

        return new HashReply(member, Answer: null, silence.TrimEnd('.'));
    }
}
