using Sync.Raft;

namespace Sync.Member.Proposals;

/// <summary>The proposals of this member's clients from the request to its application, however leaders change.</summary>
/// <remarks>
/// A proposal is offered to the leader of one term at a time: by this member's own log when it leads, by a message
/// when another does. A leader appends what it takes in a term before anything of a later term. So once an entry of
/// a later term is applied here, what was offered before and not seen is lost for good, and may be offered again
/// without happening twice.
/// </remarks>
internal sealed class PendingProposals
{
    private readonly Dictionary<RequestId, Proposal> _open = [];
    private readonly Dictionary<(LogIndex Index, Term Term), Proposal> _placed = [];

    // Deadlines come in the order of the requests. Answered ones are dropped when they reach the front.
    private readonly Queue<Proposal> _byDeadline = new();
    private List<Proposal> _unoffered = [];

    /// <summary>Whether a proposal waits for a leader that takes it.</summary>
    public bool HasUnoffered => _unoffered.Count > 0;

    /// <summary>How many proposals are open.</summary>
    public int Count => _open.Count;

    /// <summary>The payloads of all open proposals, in bytes.</summary>
    public long PayloadBytes { get; private set; }

    /// <summary>Notes a request that was not offered to any leader yet.</summary>
    public Proposal Add(RequestId request, ReadOnlyMemory<byte> payload, long tick, long deadlineTick)
    {
        var proposal = new Proposal(request, payload, tick, deadlineTick);
        _open.Add(request, proposal);
        PayloadBytes += payload.Length;
        _byDeadline.Enqueue(proposal);
        return proposal;
    }

    /// <summary>Notes that no leader took a proposal yet.</summary>
    public void Postpone(Proposal proposal)
    {
        proposal.OfferedIn = Term.None;
        _unoffered.Add(proposal);
    }

    /// <summary>Takes all proposals that wait for a leader, in the order of the requests.</summary>
    public IReadOnlyList<Proposal> TakeUnoffered()
    {
        var taken = _unoffered;
        _unoffered = [];
        taken.RemoveAll(proposal => proposal.IsClosed);
        return taken;
    }

    /// <summary>Notes where this member's own log holds a proposal.</summary>
    public void Place(Proposal proposal, LogIndex index, Term term)
    {
        proposal.OfferedIn = term;
        proposal.PlacedAt = index;
        _placed.Add((index, term), proposal);
    }

    /// <summary>The open proposals that were forwarded and may be lost on the way.</summary>
    /// <param name="term">The term that they were offered in.</param>
    /// <param name="tick">The current tick.</param>
    public IEnumerable<Proposal> DueAgain(Term term, long tick) =>
        _open.Values.Where(proposal => proposal.OfferedIn == term
            && proposal.PlacedAt == LogIndex.None && proposal.NextOfferTick <= tick);

    /// <summary>Takes the request behind an entry of this member's own log that is being applied.</summary>
    /// <returns>None when the entry is of another member, or its time was up.</returns>
    public RequestId Take(LogIndex index, Term term) =>
        _placed.Remove((index, term), out var proposal) ? Close(proposal) : RequestId.None;

    /// <summary>Takes a request that was forwarded and is being applied.</summary>
    /// <returns>None when its time was up.</returns>
    public RequestId Take(RequestId request) =>
        _open.TryGetValue(request, out var proposal) ? Close(proposal) : RequestId.None;

    /// <summary>Finds a proposal that is still open.</summary>
    public Proposal? Find(RequestId request) => _open.GetValueOrDefault(request);

    /// <summary>
    /// Takes note that an entry of a term is about to be applied: what was offered in earlier terms is lost and
    /// waits to be offered again.
    /// </summary>
    public void BeginTerm(Term term)
    {
        foreach (var proposal in OfferedThrough(lost => lost < term))
        {
            Unplace(proposal);
            Postpone(proposal);
        }
    }

    /// <summary>
    /// Ends the waits for what was offered up to a term, because a state was taken over whole that may hold them.
    /// </summary>
    public void TakeUnknown(Term term, ICollection<FailedRequest> failed)
    {
        foreach (var proposal in OfferedThrough(offered => offered <= term))
        {
            failed.Add(new FailedRequest(Close(proposal), RequestFailure.LeaderChanged));
        }
    }

    /// <summary>Ends the waits whose time is up.</summary>
    /// <param name="tick">The current tick.</param>
    /// <param name="whyOf">The reason, by the tick of the request.</param>
    /// <param name="failed">Receives them.</param>
    public void TakeOverdue(long tick, Func<long, RequestFailure> whyOf, ICollection<FailedRequest> failed)
    {
        while (_byDeadline.TryPeek(out var first) && (first.IsClosed || first.DeadlineTick <= tick))
        {
            _byDeadline.Dequeue();
            if (!first.IsClosed)
            {
                failed.Add(new FailedRequest(Close(first), whyOf(first.Tick)));
            }
        }
    }

    /// <summary>Ends one wait.</summary>
    /// <returns>The request.</returns>
    public RequestId Close(Proposal proposal)
    {
        proposal.IsClosed = true;
        if (_open.Remove(proposal.Request))
        {
            PayloadBytes -= proposal.Payload.Length;
        }

        Unplace(proposal);
        while (_byDeadline.TryPeek(out var first) && first.IsClosed)
        {
            _byDeadline.Dequeue();
        }

        return proposal.Request;
    }

    private List<Proposal> OfferedThrough(Predicate<Term> covers) =>
        [.. _open.Values.Where(open => open.OfferedIn != Term.None && covers(open.OfferedIn))
            .OrderBy(open => open.Tick).ThenBy(open => open.Request.Value)];

    private void Unplace(Proposal proposal)
    {
        if (proposal.PlacedAt != LogIndex.None)
        {
            _placed.Remove((proposal.PlacedAt, proposal.OfferedIn));
            proposal.PlacedAt = LogIndex.None;
        }
    }

    /// <summary>One request, and how far it is.</summary>
    internal sealed class Proposal(RequestId request, ReadOnlyMemory<byte> payload, long tick, long deadlineTick)
    {
        /// <summary>Who waits.</summary>
        public RequestId Request => request;

        /// <summary>The entry's payload as the client's member encoded it.</summary>
        public ReadOnlyMemory<byte> Payload => payload;

        /// <summary>When it was asked for.</summary>
        public long Tick => tick;

        /// <summary>When the wait ends.</summary>
        public long DeadlineTick => deadlineTick;

        /// <summary>The term whose leader it was offered to last; none while it waits for a leader.</summary>
        public Term OfferedIn { get; set; }

        /// <summary>Its place in this member's own log; none when it was forwarded.</summary>
        public LogIndex PlacedAt { get; set; }

        /// <summary>When a forwarded one is sent again.</summary>
        public long NextOfferTick { get; set; }

        /// <summary>How often it was forwarded in this term.</summary>
        public int Offers { get; set; }

        /// <summary>Whether nobody waits any more.</summary>
        public bool IsClosed { get; set; }
    }
}
