namespace Sync.Raft.Membership;

/// <summary>
/// Computes the configuration after a change; decides nothing else. Source: Raft thesis, sections 4.1 to 4.3.
/// </summary>
internal static class Reconfiguration
{
    /// <summary>The configuration after a change.</summary>
    public static ChangeVerdict Apply(GroupConfiguration current, ConfigurationChange change)
    {
        if (change.LeavesJoint)
        {
            return current.IsJoint
                ? new ChangeVerdict.Changed(Leave(current))
                : new ChangeVerdict.Refused(ChangeRefusal.IsNotJoint);
        }

        if (current.IsJoint)
        {
            return new ChangeVerdict.Refused(ChangeRefusal.IsJoint);
        }

        if (change.Changes.Any(each => each.Member == MemberId.None))
        {
            return new ChangeVerdict.Refused(ChangeRefusal.NamesNoMember);
        }

        // The voters of one change differ in one member at most, so a majority before and one after have a
        // member in common; several changes need both majorities.
        var isJoint = change.Changes.Length > 1 || change.Transition != ChangeTransition.Automatic;
        return Change(current, change, isJoint);
    }

    private static GroupConfiguration Leave(GroupConfiguration joint) =>
        new(joint.Voters, [.. joint.Learners, .. joint.NextLearners]);

    private static ChangeVerdict Change(GroupConfiguration current, ConfigurationChange change, bool isJoint)
    {
        var voters = current.Voters.ToHashSet();
        var learners = current.Learners.ToHashSet();
        var nextLearners = new HashSet<MemberId>();
        foreach (var (kind, member) in change.Changes)
        {
            voters.Remove(member);
            learners.Remove(member);
            nextLearners.Remove(member);
            switch (kind)
            {
                case MemberChangeKind.AddVoter:
                    voters.Add(member);
                    break;
                case MemberChangeKind.AddLearner:
                    // Who still votes among the outgoing must not count as a learner before they are gone.
                    var waits = isJoint && current.Voters.Contains(member);
                    (waits ? nextLearners : learners).Add(member);
                    break;
                case MemberChangeKind.Remove:
                    break;
            }
        }

        if (voters.Count == 0)
        {
            return new ChangeVerdict.Refused(ChangeRefusal.LeavesNoVoter);
        }

        var leavesByItself = isJoint && change.Transition != ChangeTransition.JointUntilTold;
        return new ChangeVerdict.Changed(new GroupConfiguration(
            voters, learners, isJoint ? current.Voters : [], nextLearners, leavesByItself));
    }
}
