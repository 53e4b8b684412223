namespace Sync.Simulation.Histories;

/// <summary>All that the clients of a run did and saw.</summary>
internal sealed class History
{
    private readonly List<HistoryOperation> _operations = [];

    public IReadOnlyList<HistoryOperation> Operations => _operations;

    public List<WatchRecord> Watches { get; } = [];

    /// <summary>Notes the beginning of a client's next operation.</summary>
    /// <param name="client">The client; 0 for who operates the cluster.</param>
    /// <param name="next">The request for a number that no other operation has.</param>
    /// <param name="now">The time.</param>
    public HistoryOperation Begin(int client, Func<int, KvRequest> next, long now)
    {
        var id = _operations.Count + 1;
        var operation = new HistoryOperation { Id = id, Client = client, Request = next(id), Invoke = now };
        _operations.Add(operation);
        return operation;
    }
}
