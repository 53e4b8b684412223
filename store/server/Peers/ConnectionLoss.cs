using Sync.Member.Membership;
using Sync.Raft;
using Sync.Store.Replication;

namespace Sync.Store.Peers;

/// <summary>Tells of a request whose time was up whether a connection that was lost may be why.</summary>
/// <remarks>
/// Source: etcd, server/etcdserver/server.go and cluster_util.go: the leader, or at the leader a majority, has not been
/// connected since the request began.
/// </remarks>
internal sealed class ConnectionLoss(PeerLinks links, PublishedState published, TimeProvider time)
{
    /// <summary>The time at which a request begins, for <see cref="Explains(long)"/>.</summary>
    public long Now() => time.GetTimestamp();

    /// <summary>Whether a connection that is needed came only after a request had begun.</summary>
    /// <param name="began">When the request began.</param>
    public bool Explains(long began)
    {
        var status = published.Status;
        return Explains(status.Self, status.Leader, status.Members, peer => links.ConnectedSince(peer) < began);
    }

    /// <inheritdoc cref="Explains(long)"/>
    /// <param name="self">This member.</param>
    /// <param name="leader">The leader it knows; without one, it is the leader that is missed.</param>
    /// <param name="members">All members.</param>
    /// <param name="wasConnected">Whether messages got through to another member when the request began and ever since.</param>
    public static bool Explains(
        MemberId self, MemberId leader, ClusterMembers members, Predicate<MemberId> wasConnected)
    {
        if (leader == MemberId.None)
        {
            return false;
        }

        if (leader != self)
        {
            return !wasConnected(leader);
        }

        var voters = members.All.Where(member => !member.IsLearner).ToList();
        return voters.Count(voter => voter.Id == self || wasConnected(voter.Id)) <= voters.Count / 2;
    }
}
