using Sync.Raft;
using Sync.Raft.Progress;

namespace Sync.Member;

/// <summary>
/// Followers that are sent a snapshot, or go on after one. A leader that writes much would drop the entries they need next
/// while they take the snapshot in, and would have to send another one, over and over.
/// </summary>
/// <remarks>Source: etcd, server/etcdserver/server.go, releaseDelayAfterSnapshot, which is a fixed time.</remarks>
/// <param name="ticksMax">How long a follower that has the snapshot is waited for.</param>
internal sealed class CatchUps(long ticksMax)
{
    private readonly Dictionary<MemberId, CatchUp> _followers = [];

    /// <summary>Takes note that a follower is sent the state at an entry.</summary>
    public void Began(MemberId follower, LogIndex snapshot) => _followers[follower] = new CatchUp(snapshot, long.MaxValue);

    /// <summary>Takes note that a follower has the snapshot.</summary>
    public void Delivered(MemberId follower, long tick)
    {
        if (_followers.TryGetValue(follower, out var catchUp))
        {
            _followers[follower] = catchUp with { LatestTick = tick + ticksMax };
        }
    }

    /// <summary>Takes note that a follower did not get the snapshot.</summary>
    public void Failed(MemberId follower) => _followers.Remove(follower);

    /// <summary>The last entry before those that are needed; null when nobody needs any.</summary>
    /// <param name="followers">How far all are; none when this member does not lead.</param>
    /// <param name="enough">Who has this entry has caught up.</param>
    /// <param name="tick">Now.</param>
    public LogIndex? FindNeeded(IReadOnlyList<FollowerStatus> followers, LogIndex enough, long tick)
    {
        LogIndex? needed = null;
        foreach (var (member, catchUp) in _followers)
        {
            if (followers.FirstOrDefault(follower => follower.Member == member) is not { } status
                || status.Match >= enough || tick > catchUp.LatestTick)
            {
                _followers.Remove(member);
                continue;
            }

            var next = LogIndex.Max(catchUp.Snapshot, status.Match);
            needed = LogIndex.Min(needed ?? next, next);
        }

        return needed;
    }

    private sealed record CatchUp(LogIndex Snapshot, long LatestTick);
}
