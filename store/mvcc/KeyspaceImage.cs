using Sync.Mvcc.Alarms;
using Sync.Mvcc.Leases;

namespace Sync.Mvcc;

/// <summary>All of a keyspace's state that its changes do not tell. Together with them it makes a checkpoint.</summary>
/// <param name="Revision">The current revision.</param>
/// <param name="CompactedRevision">The last compaction; none if there was no compaction.</param>
/// <param name="Leases">All leases, by ID.</param>
/// <param name="Alarms">All raised alarms, by member and type.</param>
public sealed record KeyspaceImage(
    Revision Revision,
    Revision CompactedRevision,
    IReadOnlyList<LeaseState> Leases,
    IReadOnlyList<Alarm> Alarms)
{
    /// <summary>The image of a keyspace that was never written.</summary>
    public static KeyspaceImage Fresh { get; } = new(Revision.Fresh, Revision.None, [], []);
}
