using Sync.Mvcc.Leases;
using Sync.Raft;

namespace Sync.Member.Leases;

/// <summary>A question about a lease that waits: of a client of this member, or of another member.</summary>
/// <param name="key">Names it here.</param>
/// <param name="lease">The lease.</param>
/// <param name="renews">Whether to renew it; else its remaining time is asked for.</param>
/// <param name="tick">When it was asked.</param>
/// <param name="deadlineTick">When the wait ends.</param>
internal sealed class OpenLeaseQuestion(RequestId key, LeaseId lease, bool renews, long tick, long deadlineTick)
{
    /// <summary>Names it here.</summary>
    public RequestId Key => key;

    /// <summary>The lease.</summary>
    public LeaseId Lease => lease;

    /// <summary>Whether to renew it; else its remaining time is asked for.</summary>
    public bool Renews => renews;

    /// <summary>When it was asked.</summary>
    public long Tick => tick;

    /// <summary>When the wait ends.</summary>
    public long DeadlineTick => deadlineTick;

    /// <summary>The member that asked, and its run and name for it; null for an own client's.</summary>
    public (MemberId Member, ulong Run, RequestId Request)? Asker { get; init; }

    /// <summary>What must be applied before the leader answers: a grant that its client knows of is seen then.</summary>
    public LogIndex Needed { get; set; }

    /// <summary>The term for which a majority is asked whether this member leads; none before that.</summary>
    public Term ConfirmingIn { get; set; }

    /// <summary>The term in which a majority has said that this member leads.</summary>
    public Term ConfirmedIn { get; set; }

    /// <summary>When it is sent to the leader next.</summary>
    public long NextSendTick { get; set; }

    /// <summary>Whether the <see cref="LeaseKeeper"/> holds it until an entry is applied.</summary>
    public bool IsHeld { get; set; }
}

/// <summary>All open questions about leases. They are few: a leader answers most at once.</summary>
internal sealed class LeaseQuestions
{
    // By key: they are gone through in this order in every turn, and sorted by none.
    private readonly SortedDictionary<ulong, OpenLeaseQuestion> _open = [];

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _open.Count == 0;

    /// <summary>Notes a question.</summary>
    public void Add(OpenLeaseQuestion question) => _open.Add(question.Key.Value, question);

    /// <summary>Takes a question that is answered.</summary>
    /// <returns>Null when it was answered before, or its time was up.</returns>
    public OpenLeaseQuestion? Take(RequestId key) => _open.Remove(key.Value, out var question) ? question : null;

    /// <summary>Finds a question.</summary>
    public OpenLeaseQuestion? Find(RequestId key) => _open.GetValueOrDefault(key.Value);

    /// <summary>The questions that nobody works on, in the order of their keys.</summary>
    public IReadOnlyList<OpenLeaseQuestion> Waiting =>
        [.. _open.Values.Where(question => !question.IsHeld)];

    /// <summary>Takes note that nobody works on any of them any more.</summary>
    public void Release()
    {
        foreach (var question in _open.Values)
        {
            question.IsHeld = false;
            question.NextSendTick = 0;
        }
    }

    /// <summary>Takes the questions whose time is up.</summary>
    public IReadOnlyList<OpenLeaseQuestion> TakeOverdue(long tick)
    {
        List<OpenLeaseQuestion> overdue = [.. _open.Values.Where(question => question.DeadlineTick <= tick)];
        overdue.ForEach(question => Take(question.Key));
        return overdue;
    }
}
