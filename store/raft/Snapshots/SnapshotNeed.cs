namespace Sync.Raft.Snapshots;

/// <summary>
/// Tells a leader's owner that a follower needs entries which the log holds no more. The owner captures its state
/// and streams it; the stream's head says the leader, the follower, <see cref="Term"/> and the
/// <see cref="SnapshotHeader"/>, of which the follower's owner makes a <see cref="Messages.SnapshotOffer"/>. The
/// core sends the follower nothing but heartbeats meanwhile, until <see cref="Consensus.ReportSnapshot"/> says how
/// it ended, which it must.
/// </summary>
/// <param name="Follower">Who needs it.</param>
/// <param name="Term">The leader's term.</param>
/// <param name="IndexMin">A snapshot of an earlier entry would be of no use: the log does not follow it.</param>
public sealed record SnapshotNeed(MemberId Follower, Term Term, LogIndex IndexMin);
