using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>
/// The whole store as a model: every answer is compared to the last detail. The revisions in the answers leave little
/// to search: a write has the place that its revision says, and a read comes at the revision that it tells.
/// </summary>
internal sealed class KeyspaceModel : IHistoryModel<KeyspaceState>
{
    private readonly HashSet<long> _claimed;

    /// <summary>A model for one history.</summary>
    public KeyspaceModel(IEnumerable<HistoryOperation> history) => _claimed =
    [
        .. history.Where(operation => operation.Response is { } response && HasChanged(response))
            .Select(operation => operation.Response!.Revision),
    ];

    public KeyspaceState Initial => KeyspaceState.Fresh;

    /// <summary>Whether an answer says that a revision was made.</summary>
    public static bool HasChanged(KvResponse response) => response switch
    {
        KvResponse.Done => true,
        KvResponse.Deleted deleted => deleted.Previous.Count > 0,
        KvResponse.Ran ran => ran.Responses.Any(HasChanged),
        _ => false,
    };

    public bool TryStep(KeyspaceState state, HistoryOperation operation, out KeyspaceState next)
    {
        next = state;
        if (operation.Response is { Revision: > 0 } told
            && told.Revision != (HasChanged(told) ? state.Revision + 1 : state.Revision)
            && told is not KvResponse.Revoked)
        {
            return false;
        }

        var step = state.Apply(operation.Request);
        next = step.State;
        return operation.Response is { } response
            ? response.Equals(step.Response)
            : next.Revision == state.Revision || !_claimed.Contains(next.Revision);
    }
}
