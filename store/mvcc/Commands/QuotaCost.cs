namespace Sync.Mvcc.Commands;

/// <summary>How much space a command is reckoned to need.</summary>
/// Source: etcd, server/storage/quota.go.
public static class QuotaCost
{
    /// <summary>What a put costs beside its key and value, in bytes.</summary>
    public const long PutOverhead = 256;

    /// <summary>What a lease costs, in bytes.</summary>
    public const long Lease = 64;

    /// <summary>The cost of a command in bytes; 0 passes even when space is used up.</summary>
    /// <remarks>A transaction costs as much as the dearer of its two lists, nested ones included.</remarks>
    public static long Of(Command command) => command switch
    {
        PutOperation put => PutOverhead + put.Key.Length + put.Value.Length,
        LeaseGrantCommand => Lease,
        TxnOperation transaction => Math.Max(transaction.Success.Sum(Of), transaction.Failure.Sum(Of)),
        _ => 0,
    };
}
