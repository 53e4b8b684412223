namespace Sync.Raft.Quorum;

/// <summary>How an election stands.</summary>
internal enum VoteResult
{
    /// <summary>The votes that are missing decide.</summary>
    Pending,

    /// <summary>A majority granted its vote.</summary>
    Won,

    /// <summary>Too many refused for a majority.</summary>
    Lost,
}
