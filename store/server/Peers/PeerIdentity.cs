using Sync.Disk;
using Sync.Member.Membership;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Peers;

/// <summary>Who this member is to the others, and whether another belongs to the same cluster.</summary>
/// <param name="settings">How it was started.</param>
/// <param name="directory">Whose data it holds.</param>
/// <param name="published">Whom it knows.</param>
internal sealed class PeerIdentity(StoreSettings settings, DataDirectory directory, PublishedState published)
{
    private const uint Protocol = 2;

    // Until it has applied something, or was welcomed by another member, it holds nothing, however often it is started.
    private readonly bool _startedEmpty =
        (directory.Checkpoints.Newest?.Applied ?? LogIndex.None) == LogIndex.None
        && directory.Log[directory.Identity.Group].LastIndex == LogIndex.None;

    private volatile bool _wasWelcomed;

    /// <summary>This member.</summary>
    public MemberId Self => directory.Identity.Member;

    /// <summary>Its cluster.</summary>
    public ulong ClusterId => directory.Identity.ClusterId;

    /// <summary>The group and its life that frames must be of.</summary>
    public (GroupId Group, Incarnation Incarnation) Group =>
        (directory.Identity.Group, directory.Identity.Incarnation);

    /// <summary>Takes note that another member takes messages of this one: it is not a stranger without data any more.</summary>
    public void Welcomed() => _wasWelcomed = true;

    /// <summary>What this member says of itself.</summary>
    /// <param name="receiver">Whom it takes the receiver for.</param>
    public Introduction IntroduceTo(MemberId receiver)
    {
        var status = published.Status;
        var holdsNothing = _startedEmpty && !_wasWelcomed && status.Applied == LogIndex.None;
        var introduction = Describe(settings, directory.Identity, isNew: holdsNothing);
        introduction.ReceiverId = receiver.Value;
        introduction.KnowsLeader = status.Leader != MemberId.None;

        // Until a member that was moved has applied that, only its flags say where it is.
        introduction.PeerUrls.AddRange(
            settings.Cluster.PeerUrls[settings.Name].Union(status.Members.Find(Self)?.PeerUrls ?? []));
        return introduction;
    }

    /// <summary>What a member says of itself before or while it runs.</summary>
    public static Introduction Describe(StoreSettings settings, DirectoryIdentity identity, bool isNew)
    {
        var introduction = new Introduction
        {
            Protocol = Protocol,
            Group = identity.Group.Value,
            Incarnation = identity.Incarnation.Value,
            ClusterId = identity.ClusterId,
            MemberId = identity.Member.Value,
            Name = settings.Name,
            EtcdVersion = settings.EtcdVersion,
            IsNew = isNew,
        };

        // A member that restarts may have been given any flags; they count only while they describe its data.
        if (settings.Cluster.ClusterId == identity.ClusterId)
        {
            introduction.ClusterToken = settings.Cluster.Token;
            introduction.InitialCluster = settings.Cluster.Text;
        }

        return introduction;
    }

    /// <summary>Whether another member takes messages of this one.</summary>
    public bool WasWelcomed => _wasWelcomed;

    /// <summary>What differs between a member that calls and this one.</summary>
    /// <param name="caller">What it says of itself.</param>
    /// <returns>One sentence, from the caller's point of view; null when it is welcome.</returns>
    public string? FindDifference(Introduction caller)
    {
        var own = IntroduceTo(new MemberId(caller.MemberId));
        var members = published.Status.Members;

        // Who knows no leader may have missed that a downgrade began, and learns of it from those that it would refuse.
        return FindDifference(caller, own)
            ?? FindSameName(caller, members)
            ?? (own.KnowsLeader ? VersionCheck.FindRefusal(caller.EtcdVersion, members) : null);
    }

    /// <summary>Whether a member that calls was removed from this life of the cluster.</summary>
    public bool WasRemoved(Introduction caller) => IsOfThisLife(caller) && WasRemoved(new MemberId(caller.MemberId));

    /// <summary>Whether a member was removed from the cluster.</summary>
    public bool WasRemoved(MemberId member) => published.Status.Members.WasRemoved(member);

    /// <summary>
    /// What a member that calls has lost: it has been in the cluster, and holds nothing. Its vote would count for
    /// entries that it promised to keep.
    /// </summary>
    /// <param name="caller">What it says of itself.</param>
    /// <returns>One sentence; null when it has lost nothing.</returns>
    public string? FindLoss(Introduction caller) =>
        IsOfThisLife(caller) && caller.IsNew
        && published.Status.Members.Find(new MemberId(caller.MemberId)) is { HasStarted: true }
            ? $"member {caller.MemberId:x} has already been bootstrapped, and its data directory is empty: what it "
                + "promised is lost. Remove it with 'member remove', add it again, and start it with "
                + "--initial-cluster-state existing."
            : null;

    private bool IsOfThisLife(Introduction caller) =>
        caller.ClusterId == ClusterId && caller.Incarnation == directory.Identity.Incarnation.Value;

    private static string? FindDifference(Introduction caller, Introduction own)
    {
        if (caller.Protocol != own.Protocol)
        {
            return $"It speaks version {caller.Protocol} of the members' protocol, and this member {Name(own)} version "
                + $"{own.Protocol}; run the same release on all members.";
        }

        if (caller.ClusterId != own.ClusterId)
        {
            return FindClusterDifference(caller, own);
        }

        if (caller.Group != own.Group || caller.Incarnation != own.Incarnation)
        {
            return $"It is of group {caller.Group}, incarnation {caller.Incarnation}, and this member {Name(own)} of "
                + $"group {own.Group}, incarnation {own.Incarnation}.";
        }

        return caller.ReceiverId != 0 && caller.ReceiverId != own.MemberId
            ? $"It takes this member {Name(own)} for the member {caller.ReceiverId:x}; give each member its own peer URLs."
            : null;
    }

    private static string FindClusterDifference(Introduction caller, Introduction own)
    {
        if (caller.ClusterToken.Length == 0 || own.ClusterToken.Length == 0)
        {
            return $"Its data is of cluster {caller.ClusterId:x}, and this member {Name(own)} belongs to cluster "
                + $"{own.ClusterId:x}; give it the right --data-dir, or an empty one to join.";
        }

        return caller.ClusterToken != own.ClusterToken
            ? $"Its --initial-cluster-token is \"{caller.ClusterToken}\", and that of this member {Name(own)} is "
                + $"\"{own.ClusterToken}\"; give all members of a cluster the same."
            : $"Its --initial-cluster is {caller.InitialCluster}, and that of this member {Name(own)} is "
                + $"{own.InitialCluster}; give all members of a cluster the same.";
    }

    // A member that is unknown here may have been added by an entry that has not arrived yet.
    private static string? FindSameName(Introduction caller, ClusterMembers members)
    {
        var known = members.Find(new MemberId(caller.MemberId));
        var sameName = members.All.FirstOrDefault(
            member => member.Id.Value != caller.MemberId && member.HasStarted && member.Name == caller.Name);
        return sameName is not null && known is not { HasStarted: true }
            ? $"Its --name \"{caller.Name}\" belongs to the member {sameName.Id} at {string.Join(',', sameName.PeerUrls)} "
                + "already; give each member a name of its own."
            : null;
    }

    private static string Name(Introduction member) => $"{member.MemberId:x} \"{member.Name}\"";
}
