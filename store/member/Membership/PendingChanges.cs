using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>The changes of the members that were asked for here and are not applied. One is under way at a time.</summary>
internal sealed class PendingChanges
{
    private readonly Queue<Waiting> _waiting = new();
    private (LogIndex Index, Term Term, Waiting Change)? _proposed;

    internal readonly record struct Waiting(RequestId Request, ClusterChange Change, long Tick, long DeadlineTick);

    /// <summary>The change to propose next; null while one is under way.</summary>
    public Waiting? Next => _proposed is null && _waiting.TryPeek(out var first) ? first : null;

    /// <summary>Notes a change that is asked for.</summary>
    public void Add(Waiting change) => _waiting.Enqueue(change);

    /// <summary>Takes the change that is proposed next, because it is refused.</summary>
    public void Drop() => _waiting.Dequeue();

    /// <summary>Notes where the next change stands in the log.</summary>
    public void Place(LogIndex index, Term term) => _proposed = (index, term, _waiting.Dequeue());

    /// <summary>Takes the request behind an entry that is being applied; none when it is another's.</summary>
    public RequestId Take(LogIndex index, Term term)
    {
        if (_proposed is not { } proposed || proposed.Index != index || proposed.Term != term)
        {
            return RequestId.None;
        }

        _proposed = null;
        return proposed.Change.Request;
    }

    /// <summary>Ends all waits, because leadership changed: what was proposed may yet happen.</summary>
    public void TakeAll(Action<RequestId, RequestFailure> fail)
    {
        if (_proposed is { } proposed)
        {
            _proposed = null;
            fail(proposed.Change.Request, RequestFailure.LeaderChanged);
        }

        while (_waiting.TryDequeue(out var waiting))
        {
            fail(waiting.Request, RequestFailure.NotLeader);
        }
    }

    /// <summary>Ends the waits whose time is up.</summary>
    public void TakeOverdue(long tick, Action<RequestId, RequestFailure> fail)
    {
        if (_proposed is { } proposed && proposed.Change.DeadlineTick <= tick)
        {
            _proposed = null;
            fail(proposed.Change.Request, RequestFailure.TimedOut);
        }

        while (_waiting.TryPeek(out var first) && first.DeadlineTick <= tick)
        {
            _waiting.Dequeue();
            fail(first.Request, RequestFailure.TimedOut);
        }
    }
}
