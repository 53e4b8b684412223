namespace Sync.Raft.Roles;

/// <summary>What became of the wish to hand leadership over, at the moment it was made.</summary>
public abstract record TransferOutcome
{
    private TransferOutcome()
    {
    }

    /// <summary>
    /// The handover is under way. A <see cref="RoleChange"/> tells when it succeeded; after
    /// <see cref="ConsensusSettings.ElectionTicks"/> without success it is given up.
    /// </summary>
    public sealed record Started : TransferOutcome;

    /// <summary>The wanted member leads already.</summary>
    public sealed record AlreadyLeader : TransferOutcome;

    /// <summary>Only the leader can hand leadership over.</summary>
    /// <param name="Leader">The leader as far as this member knows, or <see cref="MemberId.None"/>.</param>
    public sealed record NotLeader(MemberId Leader) : TransferOutcome;

    /// <summary>The wanted member does not vote in this group.</summary>
    public sealed record NotVoter : TransferOutcome;
}
