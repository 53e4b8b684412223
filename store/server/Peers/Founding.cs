using Sync.Disk;
using Sync.Disk.Checkpoints;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Peers;

/// <summary>Who a member is, and whom it knows before it has applied anything.</summary>
/// <param name="Identity">Whose data its directory holds, or is to hold.</param>
/// <param name="Configuration">Who votes; unknown to one that joins a cluster which runs already.</param>
/// <param name="Members">All members, known by their peer URLs until they have told their names.</param>
internal sealed record Founding(DirectoryIdentity Identity, GroupConfiguration Configuration, ClusterMembers Members)
{
    /// <summary>
    /// The state of a member that has applied nothing. It is written down before the member runs: at later starts it counts,
    /// whatever the flags say then.
    /// </summary>
    public Checkpoint Beginning => MemberCheckpoint.Of(
        Identity, new MemberImage(LogIndex.None, Term.None, Configuration, Members, KeyspaceImage.Fresh));

    /// <summary>A cluster as its flags describe it.</summary>
    public static Founding Of(InitialCluster cluster, DirectoryIdentity identity)
    {
        var members = cluster.PeerUrls.Select(member => new ClusterMember(
            new MemberId(cluster.MemberIdOf(member.Key)), "", member.Value, ClientUrls: []));
        var all = new ClusterMembers(members);
        return new Founding(identity, new GroupConfiguration([.. all.All.Select(member => member.Id)]), all);
    }
}
