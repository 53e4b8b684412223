using Sync.Mvcc.Alarms;
using Sync.Mvcc.Keys;
using Sync.Mvcc.Leases;
using Sync.Mvcc.Transactions;

namespace Sync.Mvcc.Commands;

/// <summary>
/// What a member proposes and every member applies. A closed family: the sealed records of this file.
/// </summary>
/// <remarks>
/// Byte fields may be slices of the encoded command; <see cref="Keyspace.Apply"/> copies what it keeps.
/// </remarks>
public abstract record Command;

/// <summary>A command that may also stand inside a transaction.</summary>
public abstract record Operation : Command;

/// <summary>Reads an interval. Alone it needs no proposal; it is part of the family for transactions.</summary>
/// <param name="Query">What to read.</param>
public sealed record RangeOperation(RangeQuery Query) : Operation;

/// <summary>Gives a key a value.</summary>
/// <param name="Key">The key; not empty.</param>
/// <param name="Value">The value.</param>
public sealed record PutOperation(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value) : Operation
{
    /// <summary>The lease that shall hold the key; none detaches it.</summary>
    public LeaseId Lease { get; init; }

    /// <summary>Whether the answer carries the pair before.</summary>
    public bool WithPrevious { get; init; }

    /// <summary>Whether the key keeps its value; it must exist.</summary>
    public bool KeepValue { get; init; }

    /// <summary>Whether the key keeps its lease; it must exist.</summary>
    public bool KeepLease { get; init; }
}

/// <summary>Deletes the keys of an interval.</summary>
/// <param name="Keys">The interval.</param>
public sealed record DeleteRangeOperation(KeyRange Keys) : Operation
{
    /// <summary>Whether the answer carries the deleted pairs.</summary>
    public bool WithPrevious { get; init; }
}

/// <summary>Runs one of two lists of operations, at one revision.</summary>
/// <param name="Compares">What must hold, all of it, for the first list to run.</param>
/// <param name="Success">Runs when it holds.</param>
/// <param name="Failure">Runs when it does not.</param>
public sealed record TxnOperation(
    IReadOnlyList<Compare> Compares,
    IReadOnlyList<Operation> Success,
    IReadOnlyList<Operation> Failure) : Operation
{
    /// <summary>Whether both lists only read, at any depth: such a transaction needs no proposal.</summary>
    public bool IsReadOnly => Success.All(OnlyReads) && Failure.All(OnlyReads);

    /// <summary>The list that runs.</summary>
    /// <param name="succeeded">Whether the conditions hold.</param>
    public IReadOnlyList<Operation> Branch(bool succeeded) => succeeded ? Success : Failure;

    private static bool OnlyReads(Operation operation) =>
        operation is RangeOperation or TxnOperation { IsReadOnly: true };
}

/// <summary>An operation that names nothing to do. <see cref="CommandValidation"/> refuses it.</summary>
public sealed record EmptyOperation : Operation;

/// <summary>Forgets what was overwritten before a revision.</summary>
/// <param name="Revision">The oldest revision that stays readable.</param>
public sealed record CompactCommand(Revision Revision) : Command;

/// <summary>Makes a lease.</summary>
/// <param name="Lease">Its name; the proposer chose one when the client did not.</param>
/// <param name="TtlSeconds">The wished time to live; the keyspace raises it to its minimum.</param>
public sealed record LeaseGrantCommand(LeaseId Lease, long TtlSeconds) : Command;

/// <summary>Ends a lease and deletes its keys.</summary>
/// <param name="Lease">Its name.</param>
public sealed record LeaseRevokeCommand(LeaseId Lease) : Command;

/// <summary>The remaining time of one lease.</summary>
/// <param name="Lease">Its name.</param>
/// <param name="Seconds">Whole seconds; 0 gives the lease its whole time again.</param>
public readonly record struct LeaseRemaining(LeaseId Lease, long Seconds);

/// <summary>Writes down remaining times, so that the next leader goes on from them. Unknown leases are passed over.</summary>
/// <param name="Remaining">One entry a lease.</param>
public sealed record LeaseCheckpointCommand(IReadOnlyList<LeaseRemaining> Remaining) : Command;

/// <summary>Raises an alarm.</summary>
/// <param name="Alarm">The alarm; of no type it does nothing.</param>
public sealed record RaiseAlarmCommand(Alarm Alarm) : Command;

/// <summary>Clears an alarm.</summary>
/// <param name="Alarm">The exact pair of member and type; one that is not raised is passed over.</param>
public sealed record ClearAlarmCommand(Alarm Alarm) : Command;
