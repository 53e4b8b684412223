using Sync.Raft.Log;

namespace Sync.Raft.Progress;

/// <summary>
/// How far one follower is, and how its leader sends to it. Source: Raft paper, section 5.3.
/// </summary>
/// <remarks>
/// Starts probing at the leader's last entry, steps back on each refusal to where the follower's hint allows,
/// and replicates from the first acceptance on; a refusal or a failed delivery while replicating means loss
/// and leads back to probing.
/// </remarks>
internal sealed class FollowerProgress
{
    private readonly ConsensusSettings _settings;
    private Flow _flow = new Probing();
    private bool _mustConfirm;
    private bool _mayHaveLost;

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

    /// <summary>What an operator sees of this.</summary>
    public FollowerStatus Status =>
        new(Member, Match, Next, _flow is Replicating, _flow.InflightMessages, IsActive);

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
    /// <returns>Whether that is news.</returns>
    public bool Accepted(LogIndex match)
    {
        var isNews = match > Match;
        if (_flow is Probing && (isNews || match >= Next.Previous))
        {
            Match = LogIndex.Max(Match, match);
            Next = Match.Next;
            _flow = new Replicating(_settings);
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
    public void Rejected(LogIndex previous, LogIndex agreement)
    {
        if (_flow is Replicating)
        {
            if (previous > Match)
            {
                Probe(Match.Next);
            }
        }
        else if (previous == Next.Previous && previous > Match)
        {
            Probe(LogIndex.Max(Match.Next, LogIndex.Min(previous, agreement.Next)));
        }
    }

    /// <summary>
    /// Takes note that a heartbeat interval is over. What is still not answered may be lost; and a follower
    /// that seems to need entries which are gone is asked again whether it has come further, for its answers
    /// may have been lost.
    /// </summary>
    /// <param name="first">The leader's first entry.</param>
    public void IntervalPassed(LogIndex first)
    {
        _mayHaveLost = true;
        if (Next < first)
        {
            Probe(first);
        }
    }

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
        Next = next;
        SentCommit = LogIndex.None;
    }
}
