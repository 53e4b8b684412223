using Sync.Simulation.Clients;

namespace Sync.Simulation.Histories;

/// <summary>All that the clients of a run did and saw.</summary>
internal sealed class History
{
    private readonly List<HistoryOperation> _operations = [];

    public IReadOnlyList<HistoryOperation> Operations => _operations;

    public List<WatchRecord> Watches { get; } = [];

    /// <summary>Notes the beginning of a client's next operation.</summary>
    public HistoryOperation Begin(int client, Workload workload, long now)
    {
        var id = _operations.Count + 1;
        var operation = new HistoryOperation { Id = id, Client = client, Request = workload.Next(id), Invoke = now };
        _operations.Add(operation);
        return operation;
    }
}
