using Sync.Mvcc.Hashing;
using Sync.Mvcc.Keys;

namespace Sync.Mvcc;

/// <summary>The hash of all that a member stores, to compare with other members.</summary>
/// <param name="Hash">A CRC-32C.</param>
/// <param name="CompactedRevision">
/// The compaction that it was taken at; none if there was no compaction, for which the wire has -1.
/// </param>
/// <param name="HashRevision">The revision up to which it was taken.</param>
/// <param name="Revision">The current revision, for the answer's header.</param>
public sealed record KeyspaceHash(
    uint Hash, Revision CompactedRevision, Revision HashRevision, Revision Revision)
{
    /// <summary>Hashes changes up to a revision, in order.</summary>
    /// <remarks>
    /// All that are after the last compaction, and of those up to it the puts that a compaction to the hashed
    /// revision would keep; if it would keep none at all, the puts that the last one kept.
    /// The same for all members at equal revision and compaction, however far removal has come and wherever the
    /// changes lie; and the same as etcd's for the same history. A delete at the compacted revision is kept but
    /// not hashed, since older versions of etcd removed it.
    /// Source: etcd, server/storage/mvcc/hash.go and index.go, Keep.
    /// </remarks>
    internal static KeyspaceHash Of(in KeyspaceReader reader, Revision at, CancellationToken cancellation)
    {
        var log = reader.Index.Log;
        var compacted = reader.Compacted.Value;
        var keeping = reader.HasKeysAt(at) ? at.Value : compacted;
        var hash = new ChangeHash();
        for (var ordinal = log.SkipMissing(0); ordinal < log.Count; ordinal = log.SkipMissing(ordinal + 1))
        {
            cancellation.ThrowIfCancellationRequested();
            ref readonly var record = ref log[ordinal];
            if (record.Main > at.Value)
            {
                break;
            }

            if (record.Main > compacted || (!record.IsDelete && reader.Index.IsKeptAt(ordinal, keeping)))
            {
                hash.Add(record, record.IsDelete ? default : reader.Value(record));
            }
        }

        return new(hash.Value, reader.Compacted, at, reader.Revision);
    }
}
