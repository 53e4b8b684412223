namespace Sync.Etcd.Client.Leases;

/// <summary>How a kept lease came to its end.</summary>
public enum LeaseEnd
{
    /// <summary>The store no longer knows the lease: it expired or somebody revoked it. Its keys are gone.</summary>
    Gone,

    /// <summary>
    /// The store could not be reached for as long as the lease lives; its keys are gone, or go as soon as the
    /// store runs again.
    /// </summary>
    Unreachable,

    /// <summary>The owner revoked it. Its keys are gone.</summary>
    Revoked,

    /// <summary>The owner stopped keeping it alive; it runs out by itself.</summary>
    Released,
}
