using Sync.Raft;
using Sync.Raft.Reads;

namespace Sync.Member.Reads;

/// <summary>
/// Linearizable reads that wait. All that came since the last turn share one question to the consensus; an
/// answered question waits until its index is applied.
/// </summary>
/// <param name="firstContext">Where to begin counting questions; a number that no earlier run used.</param>
/// <param name="retryTicks">After how many ticks an unanswered question is asked again.</param>
/// <remarks>Source: Raft thesis, section 6.4.</remarks>
internal sealed class PendingReads(ulong firstContext, int retryTicks)
{
    private readonly Queue<Question> _asked = new();
    private readonly Queue<Question> _confirmed = new();
    private List<Waiting> _unasked = [];
    private ulong _nextContext = firstContext;

    private readonly record struct Waiting(RequestId Request, long DeadlineTick);

    private sealed record Question(ReadContext Context, List<Waiting> Reads, long RetryTick, LogIndex Index);

    /// <summary>How many reads wait.</summary>
    public int Count { get; private set; }

    /// <summary>Notes a read.</summary>
    public void Add(RequestId request, long deadlineTick)
    {
        _unasked.Add(new Waiting(request, deadlineTick));
        Count++;
    }

    /// <summary>Asks one question for all reads that came since the last one.</summary>
    /// <param name="consensus">Whom to ask; without a leader the reads go on waiting.</param>
    /// <param name="tick">The current tick.</param>
    public void Ask(Consensus consensus, long tick)
    {
        if (_unasked.Count == 0 || !consensus.ReadIndex(new ReadContext(_nextContext)))
        {
            return;
        }

        _asked.Enqueue(new Question(new ReadContext(_nextContext), _unasked, tick + retryTicks, LogIndex.None));
        _unasked = [];
        _nextContext++;
    }

    /// <summary>Takes an answer. Earlier questions that are still open are asked again.</summary>
    public void Confirm(ReadState answer)
    {
        if (_asked.All(question => question.Context != answer.Context))
        {
            return;
        }

        while (_asked.Dequeue() is var question)
        {
            if (question.Context == answer.Context)
            {
                _confirmed.Enqueue(question with { Index = answer.Index });
                return;
            }

            _unasked.AddRange(question.Reads);
        }
    }

    /// <summary>Takes the reads that may be served now.</summary>
    /// <param name="applied">The last entry that the published view holds.</param>
    /// <param name="served">Receives them.</param>
    public void TakeServed(LogIndex applied, ICollection<RequestId> served)
    {
        while (_confirmed.TryPeek(out var first) && first.Index <= applied)
        {
            foreach (var read in _confirmed.Dequeue().Reads)
            {
                served.Add(read.Request);
                Count--;
            }
        }
    }

    /// <summary>Asks open questions again, at once when leadership changed, and ends waits whose time is up.</summary>
    public void Tick(long tick, bool leadershipChanged, ICollection<FailedRequest> failed)
    {
        while (_asked.TryPeek(out var first) && (leadershipChanged || first.RetryTick <= tick))
        {
            _unasked.AddRange(_asked.Dequeue().Reads);
        }

        TakeOverdue(_unasked, tick, failed);
        foreach (var question in _confirmed)
        {
            // Its index may never be applied here, when this member is cut off from now on.
            TakeOverdue(question.Reads, tick, failed);
        }
    }

    private void TakeOverdue(List<Waiting> reads, long tick, ICollection<FailedRequest> failed)
    {
        foreach (var read in reads.Where(read => read.DeadlineTick <= tick))
        {
            failed.Add(new FailedRequest(read.Request, RequestFailure.TimedOut));
        }

        Count -= reads.RemoveAll(read => read.DeadlineTick <= tick);
    }
}
