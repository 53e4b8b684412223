namespace Sync.Raft.Reads;

/// <summary>A read that a leader was asked for.</summary>
/// <param name="Asker">The member that is to serve it; the leader itself or a follower.</param>
/// <param name="Context">The asker's name for it.</param>
internal readonly record struct PendingRead(MemberId Asker, ReadContext Context);

/// <summary>
/// The reads that a leader was asked for, from the question until a majority has confirmed that it still
/// leads. All reads that wait when a round begins share it. Source: Raft thesis, section 6.4.
/// </summary>
internal sealed class ReadRounds
{
    private readonly Queue<Round> _rounds = new();
    private List<PendingRead> _waiting = [];

    /// <summary>The number of the round begun last, 0 when none was.</summary>
    public ulong Latest { get; private set; }

    /// <summary>Whether there are reads that no round has taken.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Whether a round is not confirmed yet.</summary>
    public bool HasUnconfirmed => _rounds.Count > 0;

    /// <summary>Takes a read into the next round.</summary>
    public void Add(PendingRead read) => _waiting.Add(read);

    /// <summary>Begins a round with the reads that wait.</summary>
    /// <param name="commit">
    /// The commit index now, which is not below what it was at any of the questions.
    /// </param>
    /// <param name="tick">The leader's tick.</param>
    public void Begin(LogIndex commit, long tick)
    {
        Latest++;
        _rounds.Enqueue(new Round(Latest, commit, TakeWaiting(), tick));
    }

    /// <summary>Begins a round that only shows that the leader still leads.</summary>
    /// <param name="tick">The leader's tick.</param>
    public void BeginWithoutReads(long tick)
    {
        Latest++;
        _rounds.Enqueue(new Round(Latest, LogIndex.None, [], tick));
    }

    /// <summary>Takes the reads that no round has taken: they need none.</summary>
    public IReadOnlyList<PendingRead> TakeWaiting()
    {
        var waiting = _waiting;
        _waiting = [];
        return waiting;
    }

    /// <summary>Ends the oldest round if it is confirmed.</summary>
    /// <param name="confirmed">
    /// The last round that a majority has answered; it confirms the earlier ones too.
    /// </param>
    /// <returns>The round, or null when none is left that is confirmed.</returns>
    public Round? TakeConfirmed(ulong confirmed) =>
        _rounds.TryPeek(out var round) && round.Number <= confirmed ? _rounds.Dequeue() : null;

    /// <summary>Reads that share a round of heartbeats.</summary>
    /// <param name="Number">Counts the rounds of a leader from 1.</param>
    /// <param name="Index">What must be applied before the reads are served.</param>
    /// <param name="Reads">The reads, in the order of the questions.</param>
    /// <param name="Tick">When it began.</param>
    internal sealed record Round(ulong Number, LogIndex Index, IReadOnlyList<PendingRead> Reads, long Tick);
}
