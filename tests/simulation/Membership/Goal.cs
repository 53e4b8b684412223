using Sync.Member.Membership;
using Sync.Raft;

namespace Sync.Simulation.Membership;

/// <summary>A state of the members that an operator wants. A closed family.</summary>
/// <param name="Member">Whom it is about.</param>
internal abstract record Goal(MemberId Member)
{
    /// <summary>The change that leads there.</summary>
    public abstract ClusterChange Change { get; }

    /// <summary>Whether the members are as wanted.</summary>
    public abstract bool IsReached(ClusterMembers members);

    /// <summary>It is a member, with or without a vote.</summary>
    internal sealed record Joined(MemberId Member, bool AsLearner) : Goal(Member)
    {
        public override ClusterChange Change => new ClusterChange.Add(
            new ClusterMember(Member, "", [$"http://peer-{Member}"], []) { IsLearner = AsLearner });

        public override bool IsReached(ClusterMembers members) => members.Find(Member) is not null;
    }

    /// <summary>It has a vote.</summary>
    internal sealed record Votes(MemberId Member) : Goal(Member)
    {
        public override ClusterChange Change => new ClusterChange.Promote(Member);

        public override bool IsReached(ClusterMembers members) => members.Find(Member) is { IsLearner: false };
    }

    /// <summary>It is reached elsewhere.</summary>
    internal sealed record Moved(MemberId Member, string Url) : Goal(Member)
    {
        public override ClusterChange Change => new ClusterChange.Move(Member, [Url]);

        public override bool IsReached(ClusterMembers members) =>
            members.Find(Member) is { } known && known.PeerUrls.SequenceEqual([Url]);
    }

    /// <summary>It is no member any more.</summary>
    internal sealed record Gone(MemberId Member) : Goal(Member)
    {
        public override ClusterChange Change => new ClusterChange.Remove(Member);

        public override bool IsReached(ClusterMembers members) => members.Find(Member) is null;
    }
}
