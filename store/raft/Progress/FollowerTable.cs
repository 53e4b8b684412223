using System.Collections.Immutable;
using Sync.Raft.Membership;

namespace Sync.Raft.Progress;

/// <summary>
/// All other members as their leader sees them, by ascending id, and what majorities of them have in common. In a
/// joint configuration both majorities decide. Source: Raft thesis, section 4.3.
/// </summary>
internal sealed class FollowerTable
{
    private readonly MemberId _leader;
    private FollowerProgress[] _followers = [];
    private Electorate[] _electorates = [];

    /// <summary>A table of followers that nothing is known of.</summary>
    /// <param name="leader">Whose table it is.</param>
    /// <param name="configuration">Who belongs to the group.</param>
    /// <param name="create">Makes the progress of a follower.</param>
    public FollowerTable(
        MemberId leader, GroupConfiguration configuration, Func<MemberId, FollowerProgress> create)
    {
        _leader = leader;
        Reconfigure(configuration, create);
    }

    /// <summary>The followers, learners among them.</summary>
    public ReadOnlySpan<FollowerProgress> All => _followers;

    /// <summary>What an operator sees of them.</summary>
    public IReadOnlyList<FollowerStatus> Statuses => [.. _followers.Select(follower => follower.Status)];

    /// <summary>The progress of a member, or null when it is no other member.</summary>
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

    /// <summary>Goes on with another configuration. Who stays keeps its progress.</summary>
    /// <param name="configuration">Who belongs to the group now.</param>
    /// <param name="create">Makes the progress of a new follower.</param>
    /// <returns>The followers that are members no more.</returns>
    public IReadOnlyList<FollowerProgress> Reconfigure(
        GroupConfiguration configuration, Func<MemberId, FollowerProgress> create)
    {
        var before = _followers;
        _followers =
        [
            .. configuration.Members.Where(member => member != _leader)
                .Select(member => Find(member) ?? create(member)),
        ];
        foreach (var follower in _followers)
        {
            follower.IsLearner = configuration.IsLearner(follower.Member);
        }

        _electorates = configuration.IsJoint
            ? [ElectorateOf(configuration.Voters), ElectorateOf(configuration.OutgoingVoters)]
            : [ElectorateOf(configuration.Voters)];
        return [.. before.Except(_followers)];
    }

    /// <summary>The last entry that is durable on a majority.</summary>
    /// <param name="own">The last one that is durable on the leader.</param>
    public LogIndex HeldByMajority(LogIndex own) =>
        new(ReachedByMajority(own.Value, static follower => follower.Match.Value));

    /// <summary>The last round of heartbeats that a majority has answered.</summary>
    /// <param name="own">The last one that the leader has begun.</param>
    public ulong AnsweredByMajority(ulong own) =>
        ReachedByMajority(own, static follower => follower.AnsweredRound);

    /// <summary>Whether a majority, the leader included, was heard since the last such question.</summary>
    public bool TakeIsMajorityActive()
    {
        var isActive = Array.TrueForAll(_electorates, static electorate => electorate.IsMajorityActive());
        foreach (var follower in _followers)
        {
            follower.IsActive = false;
        }

        return isActive;
    }

    /// <summary>The active voter that holds most of the log, the first of equals; null when none is active.</summary>
    public FollowerProgress? BestSuccessor()
    {
        FollowerProgress? best = null;
        foreach (var follower in _followers)
        {
            var isCandidate = follower is { IsLearner: false, IsActive: true };
            if (isCandidate && (best is null || follower.Match > best.Match))
            {
                best = follower;
            }
        }

        return best;
    }

    private ulong ReachedByMajority(ulong own, Func<FollowerProgress, ulong> reached)
    {
        var reachedByAll = ulong.MaxValue;
        foreach (var electorate in _electorates)
        {
            reachedByAll = Math.Min(reachedByAll, electorate.Reached(own, reached));
        }

        return reachedByAll;
    }

    private Electorate ElectorateOf(ImmutableArray<MemberId> voters) =>
        new([.. _followers.Where(follower => voters.Contains(follower.Member))], voters.Contains(_leader));
}
