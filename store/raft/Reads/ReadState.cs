namespace Sync.Raft.Reads;

/// <summary>
/// The answer to a read: once everything up to <see cref="Index"/> is applied, the state holds every write
/// that was acknowledged before the question was asked. Source: Raft thesis, section 6.4.
/// </summary>
/// <param name="Index">The entry that must be applied before the read is served.</param>
/// <param name="Context">The question.</param>
public readonly record struct ReadState(LogIndex Index, ReadContext Context);
