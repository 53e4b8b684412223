using Sync.Raft;

namespace Sync.Member.Proposals;

/// <summary>The proposals of this member that are in its log and wait to be applied, in the order of the log.</summary>
internal sealed class PendingProposals
{
    private readonly Queue<Pending> _waiting = new();

    private readonly record struct Pending(LogIndex Index, Term Term, RequestId Request, long DeadlineTick);

    /// <summary>Notes a proposal that the consensus accepted.</summary>
    /// <param name="index">Its position, above all earlier ones.</param>
    /// <param name="term">Its term.</param>
    /// <param name="request">Who waits.</param>
    /// <param name="deadlineTick">The tick at which the wait ends.</param>
    public void Add(LogIndex index, Term term, RequestId request, long deadlineTick) =>
        _waiting.Enqueue(new Pending(index, term, request, deadlineTick));

    /// <summary>Takes the request behind an entry that is being applied.</summary>
    /// <returns>None when the entry is of another member or another term, or its time was up.</returns>
    public RequestId Take(LogIndex index, Term term)
    {
        if (!_waiting.TryPeek(out var first) || first.Index != index)
        {
            return RequestId.None;
        }

        _waiting.Dequeue();
        return first.Term == term ? first.Request : RequestId.None;
    }

    /// <summary>Ends the waits whose time is up. Deadlines come in the order of the log.</summary>
    public void TakeOverdue(long tick, ICollection<FailedRequest> failed) =>
        TakeWhile(pending => pending.DeadlineTick <= tick, RequestFailure.TimedOut, failed);

    /// <summary>Ends all waits, because leadership is lost.</summary>
    public void TakeAll(ICollection<FailedRequest> failed) =>
        TakeWhile(_ => true, RequestFailure.LeaderChanged, failed);

    private void TakeWhile(Predicate<Pending> matches, RequestFailure why, ICollection<FailedRequest> failed)
    {
        while (_waiting.TryPeek(out var first) && matches(first))
        {
            failed.Add(new FailedRequest(_waiting.Dequeue().Request, why));
        }
    }
}
