namespace Sync.Mvcc.Commands;

/// <summary>The checks of a request that need no state. They come before a proposal and before a read.</summary>
public static class CommandValidation
{
    /// <summary>etcd's default for <c>--max-txn-ops</c>.</summary>
    public const int DefaultOperationsMax = 128;

    /// <summary>Checks a command.</summary>
    /// <param name="command">Any command.</param>
    /// <param name="operationsMax">The most conditions, or operations of one list, in a transaction.</param>
    /// <returns>Null when the command may be proposed.</returns>
    public static StoreError? Check(Command command, int operationsMax = DefaultOperationsMax) =>
        throw new NotImplementedException();
}
