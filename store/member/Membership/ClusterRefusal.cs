namespace Sync.Member.Membership;

/// <summary>Why a change of the cluster is not made: of its members, or of its version. Nothing has changed.</summary>
public enum ClusterRefusal
{
    /// <summary>There is no such member, or no more.</summary>
    MemberUnknown,

    /// <summary>The new member's identity is, or was, another's.</summary>
    MemberExists,

    /// <summary>Another member has one of the peer URLs.</summary>
    PeerUrlsTaken,

    /// <summary>The member has a vote already.</summary>
    NotLearner,

    /// <summary>The learner lacks too much of the leader's log to be given a vote.</summary>
    LearnerIsBehind,

    /// <summary>No voter would be left.</summary>
    LeavesNoVoter,

    /// <summary>Not all members have told their versions, so that no version is known which is one lower.</summary>
    VersionUnknown,

    /// <summary>The version is not one minor below that of the cluster.</summary>
    NotOneLower,

    /// <summary>Another downgrade is under way.</summary>
    DowngradeUnderWay,
}
