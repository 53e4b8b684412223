namespace Sync.Raft.Membership;

/// <summary>What becomes of one member. The numbers stand in files and messages and never change.</summary>
public enum MemberChangeKind
{
    /// <summary>It votes. A learner is promoted.</summary>
    AddVoter = 1,

    /// <summary>It takes entries and has no vote. A voter is demoted.</summary>
    AddLearner = 2,

    /// <summary>It belongs to the group no more.</summary>
    Remove = 3,
}

/// <summary>A change of one member's place. One that says what is so already changes nothing.</summary>
/// <param name="Kind">What becomes of the member.</param>
/// <param name="Member">The member; an id is never used again once it was removed, which the owner sees to.</param>
public readonly record struct MemberChange(MemberChangeKind Kind, MemberId Member)
{
    /// <summary>Makes a member a voter.</summary>
    public static MemberChange AddVoter(MemberId member) => new(MemberChangeKind.AddVoter, member);

    /// <summary>Makes a member a learner.</summary>
    public static MemberChange AddLearner(MemberId member) => new(MemberChangeKind.AddLearner, member);

    /// <summary>Takes a member out of the group.</summary>
    public static MemberChange Remove(MemberId member) => new(MemberChangeKind.Remove, member);
}
