using System.Collections.Immutable;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Member.Membership;

/// <summary>A change of a cluster's members. One is made at a time.</summary>
public abstract record ClusterChange
{
    private ClusterChange()
    {
    }

    /// <summary>Whom it is about.</summary>
    public abstract MemberId MemberId { get; }

    /// <summary>A member joins, with or without a vote.</summary>
    /// <param name="Member">The new member, with an identity that no member ever had.</param>
    public sealed record Add(ClusterMember Member) : ClusterChange
    {
        /// <inheritdoc/>
        public override MemberId MemberId => Member.Id;
    }

    /// <summary>A member leaves for good.</summary>
    /// <param name="Member">The member.</param>
    public sealed record Remove(MemberId Member) : ClusterChange
    {
        /// <inheritdoc/>
        public override MemberId MemberId => Member;
    }

    /// <summary>A member is reached at other peer URLs.</summary>
    /// <param name="Member">The member.</param>
    /// <param name="PeerUrls">Where it is from now on.</param>
    public sealed record Move(MemberId Member, IReadOnlyList<string> PeerUrls) : ClusterChange
    {
        /// <inheritdoc/>
        public override MemberId MemberId => Member;
    }

    /// <summary>A learner gets its vote.</summary>
    /// <param name="Member">The learner.</param>
    public sealed record Promote(MemberId Member) : ClusterChange
    {
        /// <inheritdoc/>
        public override MemberId MemberId => Member;
    }

    /// <summary>
    /// The change as the consensus proposes it. A new member's name and URLs are its context, in the form of
    /// <see cref="ClusterMembersCodec"/>; a moved one is made a voter or learner again, which changes nothing there.
    /// </summary>
    /// <param name="members">The members before it.</param>
    internal ConfigurationChange ToConsensus(ClusterMembers members)
    {
        var kind = this switch
        {
            Remove => MemberChangeKind.Remove,
            Promote => MemberChangeKind.AddVoter,
            Add { Member.IsLearner: true } => MemberChangeKind.AddLearner,
            Move when members.Find(MemberId) is { IsLearner: true } => MemberChangeKind.AddLearner,
            _ => MemberChangeKind.AddVoter,
        };
        var context = new MemoryStream();
        if ((this as Add)?.Member is { } added)
        {
            ClusterMembersCodec.Write(context, added);
        }
        else if (this is Move moved)
        {
            ClusterMembersCodec.Write(context, new ClusterMember(moved.Member, "", moved.PeerUrls, []));
        }

        return new ConfigurationChange(
            ImmutableArray.Create(new MemberChange(kind, MemberId)), ChangeTransition.Automatic, context.ToArray());
    }

    /// <summary>Reads a change of the consensus that <see cref="ToConsensus"/> wrote.</summary>
    /// <param name="change">A change of one member.</param>
    /// <param name="members">The members before it.</param>
    /// <exception cref="FormatException">Its context is not of that form.</exception>
    internal static ClusterChange FromConsensus(ConfigurationChange change, ClusterMembers members)
    {
        var (kind, member) = change.Changes[0];
        if (kind == MemberChangeKind.Remove)
        {
            return new Remove(member);
        }

        if (change.Context.IsEmpty)
        {
            return new Promote(member);
        }

        var described = ClusterMembersCodec.DecodeOne(change.Context.Span);
        return members.Find(member) is null
            ? new Add(described with { IsLearner = kind == MemberChangeKind.AddLearner })
            : new Move(member, described.PeerUrls);
    }
}
