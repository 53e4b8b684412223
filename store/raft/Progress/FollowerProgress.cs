using Sync.Raft.Log;

namespace Sync.Raft.Progress;

/// <summary>
/// How far one follower is, and how its leader sends to it. Source: Raft paper, section 5.3.
/// </summary>
/// <remarks>
/// Starts probing at the leader's last entry, steps back on each refusal to where the follower's hint allows,
/// and replicates from the first acceptance on; a refusal or a failed delivery while replicating means loss
/// and leads back to probing. When what the follower needs is gone from the log, it is asked once whether it has
/// come further than was heard of; if it has not, it awaits a snapshot.
/// <code>
///              accepted                  needs what is gone
///  Probing ---------------> Replicating        |
///   | ^  ^                      |              |
///   | |  +----------------------+              |
///   | |     refused, lost                      |
///   | +--------------------------- AwaitingSnapshot
///   |   delivered, failed              ^
///   +----------------------------------+
///       refused before the first entry
/// </code>
/// </remarks>
internal sealed class FollowerProgress
{
    private readonly ConsensusSettings _settings;
    private Flow _flow = new Probing();
    private bool _mustConfirm;
    private bool _mayHaveLost;

    // Whether the follower itself said that it holds nothing from Next on, and whether no entry is of use to it.
    private bool _isNextKnown;
    private bool _joinsWithNothing;

    /// <summary>A follower that a new leader knows nothing of.</summary>
    /// <param name="member">The follower.</param>
    /// <param name="next">One past the leader's last entry.</param>
    /// <param name="settings">They hold the size of the window when replicating.</param>
    public FollowerProgress(MemberId member, LogIndex next, ConsensusSettings settings)
    {
        Member = member;
        Next = next;
        _settings = settings;
    }

    /// <summary>The follower.</summary>
    public MemberId Member { get; }

    /// <summary>
    /// The last entry known to be durable on the follower. Never falls; below <see cref="Next"/>.
    /// </summary>
    public LogIndex Match { get; private set; }

    /// <summary>The entry to send next.</summary>
    public LogIndex Next { get; private set; }

    /// <summary>The commit index in the last append message sent, if that has not been lost since.</summary>
    public LogIndex SentCommit { get; private set; }

    /// <summary>The last round of heartbeats that the follower answered. Never falls.</summary>
    public ulong AnsweredRound { get; private set; }

    /// <summary>Whether the follower was heard since the last check of the quorum.</summary>
    public bool IsActive { get; set; }

    /// <summary>Whether the follower has no vote.</summary>
    public bool IsLearner { get; set; }

    /// <summary>What an operator sees of this.</summary>
    public FollowerStatus Status => new(
        Member, Match, Next, _flow is Replicating, _flow.InflightMessages, IsActive, IsLearner,
        _flow is AwaitingSnapshot);

    /// <summary>Whether the follower is to be sent an append message now, with or without entries.</summary>
    /// <param name="last">The leader's last entry.</param>
    /// <param name="commit">The leader's commit index.</param>
    public bool IsDue(LogIndex last, LogIndex commit) =>
        _mustConfirm
        || (_flow.HasRoom
            && (Next <= last || SentCommit < commit || (_flow is Probing && Match < Next.Previous)));

    /// <summary>Whether entries may be in the next message; else it is one that only asks or tells.</summary>
    /// <param name="last">The leader's last entry.</param>
    public bool TakesEntries(LogIndex last) => _flow.HasRoom && Next <= last;

    /// <summary>Takes note that an append message was sent.</summary>
    /// <param name="entries">The entries in it, from <see cref="Next"/> on.</param>
    /// <param name="commit">The commit index in it.</param>
    public void Sent(ReadOnlyMemory<Entry> entries, LogIndex commit)
    {
        _flow.Sent(entries.Span);
        _mustConfirm = false;
        SentCommit = LogIndex.Max(SentCommit, commit);
        if (_flow is Replicating)
        {
            Next += entries.Length;
        }
    }

    /// <summary>
    /// Takes in that the follower's log is durable and equal to the leader's up to a position.
    /// </summary>
    /// <param name="match">The position.</param>
    /// <param name="first">The leader's first entry.</param>
    /// <returns>Whether that is news.</returns>
    public bool Accepted(LogIndex match, LogIndex first)
    {
        var isNews = match > Match;
        var endsProbing = _flow is Probing && (isNews || match >= Next.Previous);
        var endsWaiting = _flow is AwaitingSnapshot && match.Next >= first;
        if (endsProbing || endsWaiting)
        {
            Match = LogIndex.Max(Match, match);
            Next = Match.Next;
            _flow = new Replicating(_settings);
            (_isNextKnown, _joinsWithNothing) = (false, false);
        }
        else if (isNews)
        {
            Match = match;
            Next = LogIndex.Max(Next, match.Next);
        }

        (_flow as Replicating)?.Acknowledge(Match);
        return isNews;
    }

    /// <summary>
    /// Takes in that the follower's log does not fit; an answer to an older message is recognised and
    /// ignored.
    /// </summary>
    /// <param name="previous">The entry that was refused.</param>
    /// <param name="agreement">The last position where the logs may agree.</param>
    /// <param name="needsSnapshot">Whether no entry is of use to it.</param>
    public void Rejected(LogIndex previous, LogIndex agreement, bool needsSnapshot)
    {
        if (needsSnapshot && Match == LogIndex.None)
        {
            (_joinsWithNothing, _isNextKnown) = (true, true);
        }
        else if (_flow is Replicating)
        {
            if (previous > Match)
            {
                Probe(Match.Next);
            }
        }
        else if (previous == Next.Previous && previous > Match)
        {
            Probe(LogIndex.Max(Match.Next, LogIndex.Min(previous, agreement.Next)));
            _isNextKnown = true;
        }
    }

    /// <summary>Whether the log is of no use to the follower: what it needs next is gone, or it needs more.</summary>
    /// <param name="first">The leader's first entry.</param>
    public bool Lacks(LogIndex first) =>
        (Next < first || _joinsWithNothing) && _flow is not AwaitingSnapshot;

    /// <summary>Whether a follower that <see cref="Lacks"/> entries is to be helped now.</summary>
    // It must have been heard lately: a snapshot for one that is away would be for nothing.
    public bool CanBeHelped => IsActive || !_isNextKnown;

    /// <summary>
    /// Helps a follower that <see cref="Lacks"/> entries: asks first whether it has come further, for its
    /// answers may have been lost; then a snapshot is needed.
    /// </summary>
    /// <param name="first">The leader's first entry.</param>
    /// <returns>Whether a snapshot is needed.</returns>
    public bool Help(LogIndex first)
    {
        if (!_isNextKnown)
        {
            Probe(first);
            return false;
        }

        _flow = new AwaitingSnapshot();
        return true;
    }

    /// <summary>Takes in that the sending of a snapshot ended.</summary>
    /// <param name="delivered">The last entry in it; null when it did not arrive.</param>
    public void SnapshotEnded(LogIndex? delivered)
    {
        if (_flow is AwaitingSnapshot)
        {
            // Whether the follower takes it takes a while; its next answer or sign of life will tell.
            Probe(LogIndex.Max(Match, delivered ?? LogIndex.None).Next);
            (_flow as Probing)?.Pause();
        }
    }

    /// <summary>Takes note that a heartbeat interval is over: what is still not answered may be lost.</summary>
    public void IntervalPassed() => _mayHaveLost = true;

    /// <summary>
    /// Takes in a sign of life. The first one in a heartbeat interval starts what may be lost again; more
    /// often would send everything twice when reads cause many rounds.
    /// </summary>
    /// <param name="round">The round of heartbeats that it answers.</param>
    public void Heard(ulong round)
    {
        AnsweredRound = Math.Max(AnsweredRound, round);
        if (_mayHaveLost)
        {
            _mayHaveLost = false;
            (_flow as Probing)?.Resume();
            _mustConfirm = _flow is Replicating && Match < Next.Previous;
        }
    }

    /// <summary>Takes in that a message was not delivered.</summary>
    public void Lost()
    {
        if (_flow is Replicating)
        {
            Probe(Match.Next);
        }
    }

    private void Probe(LogIndex next)
    {
        _flow = new Probing();
        _mustConfirm = false;
        (_isNextKnown, _joinsWithNothing) = (false, false);
        Next = next;
        SentCommit = LogIndex.None;
    }
}
