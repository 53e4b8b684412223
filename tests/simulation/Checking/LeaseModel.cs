using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>How far a lease is in its life.</summary>
internal enum LeasePhase
{
    Unborn,
    Alive,
    Gone,
}

/// <summary>One lease: it is granted once, renewed while it lives, and ended once; its name is not used again.</summary>
internal sealed class LeaseModel : IHistoryModel<LeaseModel.Life>
{
    /// <summary>Where the lease stands.</summary>
    internal readonly record struct Life(LeasePhase Phase);

    public Life Initial => new(LeasePhase.Unborn);

    public bool TryStep(Life state, HistoryOperation operation, out Life next)
    {
        var isAlive = state.Phase == LeasePhase.Alive;
        next = operation.Request switch
        {
            KvRequest.Grant when state.Phase == LeasePhase.Unborn => new Life(LeasePhase.Alive),
            KvRequest.Revoke when isAlive => new Life(LeasePhase.Gone),
            _ => state,
        };
        return (operation.Request, operation.Response) switch
        {
            (KvRequest.Grant, KvResponse.Granted) => state.Phase == LeasePhase.Unborn,
            (KvRequest.Grant, KvResponse.Refused) => isAlive,
            (KvRequest.Revoke, KvResponse.Revoked) => isAlive,
            (KvRequest.Revoke, KvResponse.Refused) => !isAlive,
            (KvRequest.KeepAlive, KvResponse.KeptAlive kept) => kept.IsAlive == isAlive,
            _ => true,
        };
    }
}
