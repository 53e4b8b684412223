using Sync.Mvcc;

namespace Sync.Member;

/// <summary>Requests that wait until what a compaction made superfluous is removed.</summary>
internal sealed class PendingRemovals
{
    private readonly List<(RequestId Request, Revision Compaction)> _waiting = [];

    /// <summary>Notes a request.</summary>
    public void Add(RequestId request, Revision compaction) => _waiting.Add((request, compaction));

    /// <summary>Takes the requests whose compaction is done.</summary>
    public void TakeDone(Keyspace keyspace, ICollection<RequestId> done)
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var removed = keyspace.RemovedRevision;
        foreach (var (request, _) in _waiting.Where(wait => wait.Compaction <= removed))
        {
            done.Add(request);
        }

        _waiting.RemoveAll(wait => wait.Compaction <= removed);
    }
}
