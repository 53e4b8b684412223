namespace Sync.Store.Replication;

/// <summary>What became of the wish to hand leadership over.</summary>
internal enum TransferResult
{
    /// <summary>The successor leads.</summary>
    Done,

    /// <summary>This member does not lead.</summary>
    NotLeader,

    /// <summary>The wanted successor cannot lead: it is no voter of the cluster.</summary>
    NoSuccessor,

    /// <summary>The successor did not take over in time; this member may lead on.</summary>
    TookTooLong,
}
