using Grpc.Core;
using Sync.Disk;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Peers;

/// <summary>Asks the other members, before this one serves, whether it may be what it was told to be.</summary>
/// <remarks>
/// A member that is not reached says nothing against it: all may be starting at the same time. Source: etcd,
/// server/etcdserver/bootstrap.go.
/// </remarks>
internal static class Bootstrap
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks.</summary>
    /// <param name="settings">What the member was told.</param>
    /// <param name="found">Whose data its directory holds; null when it is empty.</param>
    /// <param name="channels">Makes connections.</param>
    /// <returns>What the member begins with.</returns>
    /// <exception cref="StartException">It cannot be what it was told, or members refuse it.</exception>
    public static async Task<Founding> PrepareAsync(
        StoreSettings settings, DirectoryIdentity? found, PeerChannels channels)
    {
        var founding = found is null && settings.JoinsExisting
            ? await ClusterJoin.FindAsync(settings, channels)
            : Founding.Of(settings.Cluster, found ?? IdentityOf(settings.Cluster, settings.Name));
        var own = PeerIdentity.Describe(settings, founding.Identity, isNew: found is null);
        var answers = await Task.WhenAll(settings.Cluster.PeerUrls
            .Where(member => member.Key != settings.Name)
            .Select(member => AskAsync(member.Value, own, channels)));
        return FindRefusal(answers) is { } refusal
            ? throw new StartException($"The member at {refusal.Url} refuses this one. {refusal.Refusal?.Sentence}")
            : founding;
    }

    private static Reply? FindRefusal(IReadOnlyList<Reply?> answers)
    {
        var refusals = answers.OfType<Reply>().Where(answer => answer.Refusal is not null).ToList();
        if (refusals.Find(refused => refused.Refusal is { IsFinal: true }) is { } final)
        {
            return final;
        }

        // Whom one of the others knows belongs to the cluster.
        if (answers.Any(answer => answer is { Refusal: null }))
        {
            return null;
        }

        // Refused by so many, it can never have a leader.
        var members = answers.Count + 1;
        return refusals.Find(refused => refused.Refusal is { PeerKnowsLeader: true })
            ?? (members - refusals.Count <= members / 2 ? refusals[0] : null);
    }

    private static DirectoryIdentity IdentityOf(InitialCluster cluster, string name) => new(
        cluster.ClusterId, new MemberId(cluster.MemberIdOf(name)), GroupId.First, Incarnation.First);

    private sealed record Reply(string Url, PeerFailure? Refusal);

    private static async Task<Reply?> AskAsync(IReadOnlyList<string> urls, Introduction own, PeerChannels channels)
    {
        foreach (var url in urls)
        {
            using var channel = channels.Open(url);
            try
            {
                await new Peer.PeerClient(channel).IntroduceAsync(own, deadline: DateTime.UtcNow + Patience);
                return new Reply(url, Refusal: null);
            }
            catch (RpcException failure)
            {
                if (PeerLane.RefusalOf(failure) is { IsRefusal: true } refusal)
                {
                    return new Reply(url, refusal);
                }
            }
        }

        return null;
    }
}
