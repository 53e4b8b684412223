namespace Sync.Raft.Membership;

/// <summary>Why a change cannot be made to the configuration in force. Nothing was appended.</summary>
public enum ChangeRefusal
{
    /// <summary>The configuration is joint; it must be left before another change begins.</summary>
    IsJoint,

    /// <summary>The configuration is not joint, so there is none to leave.</summary>
    IsNotJoint,

    /// <summary>No voter would be left.</summary>
    LeavesNoVoter,

    /// <summary>It names "no member".</summary>
    NamesNoMember,

    /// <summary>
    /// A learner that is to vote holds less than nine tenths of the leader's log. Source: etcd.md, section 6.
    /// </summary>
    LearnerIsBehind,
}
