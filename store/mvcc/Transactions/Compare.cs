using Sync.Mvcc.Keys;

namespace Sync.Mvcc.Transactions;

/// <summary>How a key's property must stand to the given operand. The numbers are those of the wire.</summary>
public enum CompareResult
{
    /// <summary>The property equals the operand.</summary>
    Equal = 0,

    /// <summary>The property is above the operand.</summary>
    Greater = 1,

    /// <summary>The property is below the operand.</summary>
    Less = 2,

    /// <summary>The property differs from the operand.</summary>
    NotEqual = 3,
}

/// <summary>The property of a key that is compared. The numbers are those of the wire.</summary>
public enum CompareTarget
{
    /// <summary>The version, 0 for a missing key.</summary>
    Version = 0,

    /// <summary>The create revision, 0 for a missing key.</summary>
    Create = 1,

    /// <summary>The modification revision, 0 for a missing key.</summary>
    Mod = 2,

    /// <summary>The value's bytes; no comparison with a missing key holds.</summary>
    Value = 3,

    /// <summary>The lease, 0 for a missing key.</summary>
    Lease = 4,
}

/// <summary>
/// A condition of a transaction. Over an interval it must hold for every key; an empty interval is like a
/// missing key.
/// </summary>
/// <param name="Keys">The key, or the interval.</param>
/// <param name="Target">What is compared.</param>
/// <param name="Result">The relation that must hold. A number outside the family always holds, as in etcd.</param>
/// <param name="Number">The operand for every target but the value.</param>
/// <param name="Value">The operand for the value.</param>
/// Source: etcd, api/etcdserverpb/rpc.proto, Compare; server/etcdserver/txn, applyCompare.
public sealed record Compare(
    KeyRange Keys,
    CompareTarget Target,
    CompareResult Result,
    long Number,
    ReadOnlyMemory<byte> Value);
