using Sync.Raft.Quorum;

namespace Sync.Raft.Progress;

/// <summary>The voters of one configuration, or of one half of a joint one, as their leader sees them.</summary>
internal sealed class Electorate
{
    private readonly FollowerProgress[] _others;
    private readonly bool _includesLeader;

    // Reused for every count: one number a voter.
    private readonly ulong[] _reached;

    /// <summary>An electorate of at least one voter.</summary>
    /// <param name="others">The voters but the leader.</param>
    /// <param name="includesLeader">Whether the leader votes, too; one that is being removed does not.</param>
    public Electorate(FollowerProgress[] others, bool includesLeader)
    {
        _others = others;
        _includesLeader = includesLeader;
        _reached = new ulong[others.Length + (includesLeader ? 1 : 0)];
    }

    /// <summary>The largest number that a majority has reached or passed.</summary>
    /// <param name="own">How far the leader is.</param>
    /// <param name="reached">How far another voter is.</param>
    public ulong Reached(ulong own, Func<FollowerProgress, ulong> reached)
    {
        for (var position = 0; position < _others.Length; position++)
        {
            _reached[position] = reached(_others[position]);
        }

        if (_includesLeader)
        {
            _reached[^1] = own;
        }

        return Majority.Reached(_reached);
    }

    /// <summary>Whether a majority is active; the leader counts as active if it votes.</summary>
    public bool IsMajorityActive()
    {
        var active = _includesLeader ? 1 : 0;
        foreach (var follower in _others)
        {
            active += follower.IsActive ? 1 : 0;
        }

        return active >= Majority.Of(_reached.Length);
    }
}
