using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>Why a change of the members would put the cluster at risk.</summary>
public enum ReconfigurationRisk
{
    /// <summary>Too few members have started to be a majority after the change.</summary>
    NotEnoughStarted,

    /// <summary>Too few members are connected to the leader to be a majority after the change.</summary>
    Unhealthy,
}

/// <summary>Whether a change leaves the cluster with a majority that runs and is connected.</summary>
/// <remarks>Source: etcd, server/etcdserver/api/membership/cluster.go and server.go, strict reconfiguration checks.</remarks>
public static class StrictReconfiguration
{
    /// <summary>Looks for what speaks against a change.</summary>
    /// <param name="change">A change that fits the members.</param>
    /// <param name="members">The members before it.</param>
    /// <param name="contactTo">How the leader stands to a member; lasting to itself.</param>
    /// <returns>Null when nothing does.</returns>
    public static ReconfigurationRisk? FindRisk(
        ClusterChange change, ClusterMembers members, Func<MemberId, PeerContact> contactTo)
    {
        var voters = members.All.Where(member => !member.IsLearner).ToList();
        var isVoter = voters.Any(member => member.Id == change.MemberId);
        return change switch
        {
            ClusterChange.Add { Member.IsLearner: var isLearner } => FindRiskOfAdding(voters, isLearner, contactTo),
            ClusterChange.Remove when isVoter => FindRiskOfRemoving(voters, change.MemberId, contactTo),
            ClusterChange.Promote => HasStartedMajority(voters, others: 1) ? null : ReconfigurationRisk.NotEnoughStarted,
            _ => null,
        };
    }

    private static ReconfigurationRisk? FindRiskOfAdding(
        List<ClusterMember> voters, bool isLearner, Func<MemberId, PeerContact> contactTo)
    {
        var enlarged = voters.Count + 1;
        var started = voters.Count(voter => voter.HasStarted);

        // A cluster of one could never grow otherwise.
        if (!isLearner && started < MajorityOf(enlarged) && !(started == 1 && enlarged == 2))
        {
            return ReconfigurationRisk.NotEnoughStarted;
        }

        var isAlone = voters.Count == 1;
        return isAlone || Lasting(voters, contactTo) >= MajorityOf(enlarged)
            ? null
            : ReconfigurationRisk.Unhealthy;
    }

    private static ReconfigurationRisk? FindRiskOfRemoving(
        List<ClusterMember> voters, MemberId removed, Func<MemberId, PeerContact> contactTo)
    {
        var rest = voters.Where(voter => voter.Id != removed).ToList();
        if (rest.Count(voter => voter.HasStarted) < MajorityOf(rest.Count))
        {
            return ReconfigurationRisk.NotEnoughStarted;
        }

        // One that is away already is no loss.
        return contactTo(removed) == PeerContact.Away || Lasting(rest, contactTo) >= MajorityOf(rest.Count)
            ? null
            : ReconfigurationRisk.Unhealthy;
    }

    private static bool HasStartedMajority(List<ClusterMember> voters, int others) =>
        voters.Count(voter => voter.HasStarted) + others >= MajorityOf(voters.Count + others);

    private static int Lasting(List<ClusterMember> voters, Func<MemberId, PeerContact> contactTo) =>
        voters.Count(voter => contactTo(voter.Id) == PeerContact.Lasting);

    private static int MajorityOf(int count) => (count / 2) + 1;
}
