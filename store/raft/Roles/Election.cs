using Sync.Raft.Messages;

namespace Sync.Raft.Roles;

/// <summary>
/// How elections begin and how votes are given. Source: Raft paper, sections 5.2 and 5.4.1; thesis, 9.6.
/// </summary>
internal static class Election
{
    /// <summary>Stands for election, asking first whether it could be won if the settings say so.</summary>
    /// <param name="member">The member.</param>
    /// <param name="current">The role that it stays in when it may not stand.</param>
    public static Role Begin(MemberState member, Role current)
    {
        if (!member.MayStand)
        {
            return current;
        }

        return member.Settings.PreVote
            ? PreCandidate.Stand(member)
            : Candidate.Stand(member, isTransfer: false);
    }

    /// <summary>Answers a candidate of this term.</summary>
    /// <returns>The next role.</returns>
    public static Role Answer(MemberState member, Role current, VoteRequest request)
    {
        var isFree = member.Vote == request.From
            || (member.Vote == MemberId.None && current.KnownLeader == MemberId.None);
        var isGranted = isFree && member.Log.IsUpToDate(request.LastIndex, request.LastTerm);
        if (isGranted)
        {
            member.VoteFor(request.From);
        }

        member.Outbox.Send(isGranted
            ? new VoteResponse(member.Self, request.From, member.Term, IsGranted: true)
            : Refuse(member, request));
        return isGranted ? current.Voted() : current;
    }

    /// <summary>Tells a pre-candidate whether it could have this member's vote; nothing changes.</summary>
    /// <returns>The role as it is.</returns>
    public static Role Answer(MemberState member, Role current, PreVoteRequest request)
    {
        var isGranted = request.Term > member.Term
            && member.Log.IsUpToDate(request.LastIndex, request.LastTerm);
        member.Outbox.Send(isGranted
            ? new PreVoteResponse(member.Self, request.From, request.Term, IsGranted: true)
            : Refuse(member, request));
        return current;
    }

    /// <summary>A refusal, which tells what is committed.</summary>
    public static VoteResponse Refuse(MemberState member, VoteRequest request) => new(
        member.Self, request.From, member.Term, IsGranted: false, member.Log.CommitToTell, member.Log.CommitTermToTell);

    /// <summary>A refusal, which tells what is committed.</summary>
    public static PreVoteResponse Refuse(MemberState member, PreVoteRequest request) => new(
        member.Self, request.From, member.Term, IsGranted: false, member.Log.CommitToTell, member.Log.CommitTermToTell);
}
