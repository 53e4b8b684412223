using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>
/// One key by its value alone: puts, deletes, reads, and transactions that compare and set. It does not look at
/// revisions, so that it does not depend on their being right.
/// </summary>
internal sealed class RegisterModel(string key) : IHistoryModel<RegisterModel.Content>
{
    /// <summary>What the key holds; null when it does not exist.</summary>
    internal readonly record struct Content(string? Value);

    public Content Initial => default;

    public bool TryStep(Content state, HistoryOperation operation, out Content next)
    {
        next = state;
        switch (operation.Request, operation.Response)
        {
            case (KvRequest.Put put, var response):
                next = new Content(put.Value);
                return response is null or KvResponse.Done && (response is not KvResponse.Done done || done.Previous?.Value == state.Value);
            case (KvRequest.Delete, var response):
                next = default;
                return response is not KvResponse.Deleted deleted || Single(deleted.Previous) == state.Value;
            case (KvRequest.Get, KvResponse.Got got):
                return Single(got.Pairs) == state.Value;
            case (KvRequest.Txn transaction, var response):
                return TryStep(state, transaction, response, out next);
            default:
                return operation.Response is null;
        }
    }

    private bool TryStep(Content state, KvRequest.Txn transaction, KvResponse? response, out Content next)
    {
        var holds = transaction.Compares.Where(compare => compare.Key == key).All(compare => compare.Value == state.Value);
        next = holds && transaction.Success.OfType<KvRequest.Put>().FirstOrDefault() is { } put ? new Content(put.Value) : state;
        return response is not KvResponse.Ran ran || ran.Succeeded == holds;
    }

    private static string? Single(Items<KvPair> pairs) => pairs.SingleOrDefault()?.Value;
}
