using System.Collections.Immutable;
using Sync.Raft.Membership;

namespace Sync.Raft.Quorum;

/// <summary>
/// Counts the votes of one election. In a joint configuration both majorities decide. Source: Raft thesis,
/// section 4.3.
/// </summary>
/// <param name="configuration">Whose votes count.</param>
internal sealed class VoteTally(GroupConfiguration configuration)
{
    private readonly HashSet<MemberId> _granted = [];
    private readonly HashSet<MemberId> _refused = [];

    /// <summary>How the election stands.</summary>
    public VoteResult Result
    {
        get
        {
            var result = ResultAmong(configuration.Voters);
            return configuration.IsJoint ? Both(result, ResultAmong(configuration.OutgoingVoters)) : result;
        }
    }

    /// <summary>
    /// Counts an answer; a second one of the same member, or one of a member without a vote, is not counted.
    /// </summary>
    public void Record(MemberId voter, bool isGranted)
    {
        if (configuration.IsVoter(voter) && !_granted.Contains(voter) && !_refused.Contains(voter))
        {
            (isGranted ? _granted : _refused).Add(voter);
        }
    }

    private static VoteResult Both(VoteResult one, VoteResult other) => (one, other) switch
    {
        (VoteResult.Lost, _) or (_, VoteResult.Lost) => VoteResult.Lost,
        (VoteResult.Won, VoteResult.Won) => VoteResult.Won,
        _ => VoteResult.Pending,
    };

    private VoteResult ResultAmong(ImmutableArray<MemberId> voters)
    {
        var majority = Majority.Of(voters.Length);
        if (voters.Count(_granted.Contains) >= majority)
        {
            return VoteResult.Won;
        }

        return voters.Length - voters.Count(_refused.Contains) < majority ? VoteResult.Lost : VoteResult.Pending;
    }
}
