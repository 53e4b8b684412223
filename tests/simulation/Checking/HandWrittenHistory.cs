using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>Short words for histories that are written by hand. Times are any numbers that grow.</summary>
internal sealed class HandWrittenHistory
{
    private readonly List<HistoryOperation> _operations = [];

    public IReadOnlyList<HistoryOperation> Operations => _operations;

    /// <summary>Adds an operation that was answered.</summary>
    public HandWrittenHistory Op(long invoke, long end, KvRequest request, KvResponse response)
    {
        var operation = New(invoke, request);
        operation.End(hasFailed: false, response, end);
        return this;
    }

    /// <summary>Adds an operation that nobody knows the outcome of.</summary>
    public HandWrittenHistory Unknown(long invoke, KvRequest request)
    {
        New(invoke, request);
        return this;
    }

    /// <summary>Adds an operation that failed for certain.</summary>
    public HandWrittenHistory Failed(long invoke, KvRequest request)
    {
        New(invoke, request).End(hasFailed: true, response: null, now: 0);
        return this;
    }

    private HistoryOperation New(long invoke, KvRequest request)
    {
        var operation = new HistoryOperation { Id = _operations.Count + 1, Client = _operations.Count + 1, Request = request, Invoke = invoke };
        _operations.Add(operation);
        return operation;
    }
}
