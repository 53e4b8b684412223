using Sync.Member;
using Sync.Raft;
using Sync.Raft.Roles;

namespace Sync.Store.Replication;

/// <summary>The wishes to hand leadership over that wait for the successor.</summary>
/// <remarks>Owned by the thread that owns the member.</remarks>
internal sealed class PendingTransfers
{
    private readonly List<(MemberRequest.LeadershipTransfer Question, MemberId Successor, long DeadlineTick)> _waiting = [];

    /// <summary>Begins to hand over.</summary>
    /// <param name="member">The member.</param>
    /// <param name="question">The wish.</param>
    /// <param name="deadlineTick">When it is given up.</param>
    public void Begin(GroupMember member, MemberRequest.LeadershipTransfer question, long deadlineTick)
    {
        if ((question.Successor ?? member.FindSuccessor()) is not { } successor)
        {
            question.Answer(member.Status.Role == RoleKind.Leader ? TransferResult.NoSuccessor : TransferResult.NotLeader);
            return;
        }

        switch (member.TransferLeadership(successor))
        {
            case TransferOutcome.AlreadyLeader:
                question.Answer(TransferResult.Done);
                break;
            case TransferOutcome.NotLeader:
                question.Answer(TransferResult.NotLeader);
                break;
            case TransferOutcome.NotVoter:
                question.Answer(TransferResult.NoSuccessor);
                break;
            case TransferOutcome.Started:
                _waiting.Add((question, successor, deadlineTick));
                break;
        }
    }

    /// <summary>Answers those whose successor leads, or whose time is up.</summary>
    public void Advance(MemberId leader, long tick)
    {
        foreach (var (question, successor, deadlineTick) in _waiting)
        {
            if (successor == leader)
            {
                question.Answer(TransferResult.Done);
            }
            else if (deadlineTick <= tick)
            {
                question.Answer(TransferResult.TookTooLong);
            }
        }

        _waiting.RemoveAll(waiting => waiting.Question.Task.IsCompleted);
    }

    /// <summary>Ends all waits, because the member stops.</summary>
    public void FailAll()
    {
        foreach (var (question, _, _) in _waiting)
        {
            OpenQuestions.Fail(question, RequestFailure.Stopped);
        }
    }
}
