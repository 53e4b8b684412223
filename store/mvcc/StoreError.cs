namespace Sync.Mvcc;

/// <summary>Every reason for which the keyspace refuses a request. A refused request changed nothing.</summary>
/// <remarks>Grouped by when they occur: request checks, revisions, keys and leases, alarms.</remarks>
public enum StoreError
{
    /// <summary>The request names no key.</summary>
    EmptyKey = 1,

    /// <summary>The put asks to keep the value and gives one as well.</summary>
    ValueProvided,

    /// <summary>The put asks to keep the lease and gives one as well.</summary>
    LeaseProvided,

    /// <summary>The transaction has more operations than allowed at its depth.</summary>
    TooManyOperations,

    /// <summary>The transaction may change one key twice.</summary>
    DuplicateKey,

    /// <summary>The sort order or the sort target is unknown.</summary>
    InvalidSortOption,

    /// <summary>The revision is older than the last compaction.</summary>
    Compacted,

    /// <summary>The revision has not happened yet.</summary>
    FutureRevision,

    /// <summary>The key to keep a part of does not exist, or an operation of a transaction is empty.</summary>
    KeyNotFound,

    /// <summary>The lease does not exist.</summary>
    LeaseNotFound,

    /// <summary>A lease of this ID exists already.</summary>
    LeaseExists,

    /// <summary>The time to live is above <see cref="Leases.LeaseTtl.Longest"/>.</summary>
    LeaseTtlTooLarge,

    /// <summary>An alarm for lack of space is raised; only requests that need none are served.</summary>
    NoSpace,

    /// <summary>An alarm for corruption is raised; only reads are served.</summary>
    Corrupt,

    /// <summary>The bytes are no command that this version knows.</summary>
    MalformedCommand,
}
