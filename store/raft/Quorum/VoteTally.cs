using Sync.Raft.Membership;

namespace Sync.Raft.Quorum;

/// <summary>Counts the votes of one election.</summary>
internal sealed class VoteTally
{
    private readonly GroupConfiguration _configuration;
    private readonly bool[] _answered;
    private int _granted;
    private int _refused;

    /// <summary>An election in which nobody has answered.</summary>
    public VoteTally(GroupConfiguration configuration)
    {
        _configuration = configuration;
        _answered = new bool[configuration.Voters.Length];
    }

    /// <summary>How the election stands.</summary>
    public VoteResult Result
    {
        get
        {
            var majority = Majority.Of(_answered.Length);
            if (_granted >= majority)
            {
                return VoteResult.Won;
            }

            return _answered.Length - _refused < majority ? VoteResult.Lost : VoteResult.Pending;
        }
    }

    /// <summary>
    /// Counts an answer; a second one of the same member, or one of a member without a vote, is not counted.
    /// </summary>
    public void Record(MemberId voter, bool isGranted)
    {
        var position = _configuration.PositionOf(voter);
        if (position < 0 || _answered[position])
        {
            return;
        }

        _answered[position] = true;
        _granted += isGranted ? 1 : 0;
        _refused += isGranted ? 0 : 1;
    }
}
