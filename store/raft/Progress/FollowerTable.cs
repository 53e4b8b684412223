using Sync.Raft.Quorum;

namespace Sync.Raft.Progress;

/// <summary>
/// All other voters as their leader sees them, by ascending id. The leader is the voter that is not in it.
/// </summary>
internal sealed class FollowerTable
{
    private readonly FollowerProgress[] _followers;

    // Reused for every count: one number a voter.
    private readonly ulong[] _reached;

    /// <summary>A table of followers that nothing is known of.</summary>
    public FollowerTable(IEnumerable<FollowerProgress> followers)
    {
        _followers = [.. followers];
        _reached = new ulong[_followers.Length + 1];
    }

    /// <summary>The followers.</summary>
    public ReadOnlySpan<FollowerProgress> All => _followers;

    /// <summary>What an operator sees of them.</summary>
    public IReadOnlyList<FollowerStatus> Statuses => [.. _followers.Select(follower => follower.Status)];

    /// <summary>The progress of a member, or null when it is no other voter.</summary>
    public FollowerProgress? Find(MemberId member)
    {
        foreach (var follower in _followers)
        {
            if (follower.Member == member)
            {
                return follower;
            }
        }

        return null;
    }

    /// <summary>The last entry that is durable on a majority.</summary>
    /// <param name="own">The last one that is durable on the leader.</param>
    public LogIndex HeldByMajority(LogIndex own)
    {
        _reached[0] = own.Value;
        for (var position = 0; position < _followers.Length; position++)
        {
            _reached[position + 1] = _followers[position].Match.Value;
        }

        return new LogIndex(Majority.Reached(_reached));
    }

    /// <summary>The last round of heartbeats that a majority has answered.</summary>
    /// <param name="own">The last one that the leader has begun.</param>
    public ulong AnsweredByMajority(ulong own)
    {
        _reached[0] = own;
        for (var position = 0; position < _followers.Length; position++)
        {
            _reached[position + 1] = _followers[position].AnsweredRound;
        }

        return Majority.Reached(_reached);
    }

    /// <summary>Whether a majority, the leader included, was heard since the last such question.</summary>
    public bool TakeIsMajorityActive()
    {
        var active = 1;
        foreach (var follower in _followers)
        {
            active += follower.IsActive ? 1 : 0;
            follower.IsActive = false;
        }

        return active >= Majority.Of(_followers.Length + 1);
    }
}
