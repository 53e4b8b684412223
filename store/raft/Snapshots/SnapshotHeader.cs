using Sync.Raft.Membership;

namespace Sync.Raft.Snapshots;

/// <summary>What a snapshot says of itself: it holds the state after an entry of the log, which it replaces.</summary>
/// <param name="Index">The last entry in the state; not <see cref="LogIndex.None"/>.</param>
/// <param name="Term">The term of that entry.</param>
/// <param name="Configuration">The configuration in force after that entry.</param>
public sealed record SnapshotHeader(LogIndex Index, Term Term, GroupConfiguration Configuration);
