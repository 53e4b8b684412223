namespace Sync.Raft.Roles;

/// <summary>
/// What a member is at the moment. Source: Raft paper, section 5.1; the pre-candidate, thesis section 9.6.
/// </summary>
public enum RoleKind
{
    /// <summary>Answers the leader and candidates.</summary>
    Follower,

    /// <summary>Asks whether it could win an election, without raising its term.</summary>
    PreCandidate,

    /// <summary>Stands for election.</summary>
    Candidate,

    /// <summary>Takes proposals and replicates them.</summary>
    Leader,
}
