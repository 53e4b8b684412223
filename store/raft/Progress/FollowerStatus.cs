namespace Sync.Raft.Progress;

/// <summary>How far a follower is, as its leader sees it.</summary>
/// <param name="Member">The follower.</param>
/// <param name="Match">The last entry known to be durable on it.</param>
/// <param name="Next">The entry that is sent to it next.</param>
/// <param name="IsReplicating">
/// Whether entries flow to it in a window of messages, or one at a time until its log fits.
/// </param>
/// <param name="InflightMessages">How many append messages are under way to it.</param>
/// <param name="IsActive">Whether it was heard since the leader last counted its followers.</param>
/// <param name="IsLearner">Whether it has no vote.</param>
/// <param name="IsAwaitingSnapshot">
/// Whether it needs a snapshot, which the owner is sending: no entries flow meanwhile.
/// </param>
public sealed record FollowerStatus(
    MemberId Member,
    LogIndex Match,
    LogIndex Next,
    bool IsReplicating,
    int InflightMessages,
    bool IsActive,
    bool IsLearner,
    bool IsAwaitingSnapshot);
