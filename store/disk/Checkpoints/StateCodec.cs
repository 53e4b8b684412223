using Sync.Mvcc;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Disk.Checkpoints;

/// <summary>How the state of a group at an applied index is written: in a checkpoint, and in a snapshot's manifest.</summary>
/// <remarks>
/// All numbers are little endian; "list" is a count of 4 bytes and the elements, "bytes" a size of 4 bytes and the
/// bytes themselves.
/// <code>
/// field             | encoding
/// group             | 8 bytes
/// incarnation       | 8 bytes
/// applied           | 8 bytes, then 8 bytes for its term
/// key range         | bytes, bytes: [start, end); both empty for all keys
/// configuration     | bytes: see <see cref="GroupConfigurationCodec"/>; none when it is unknown
/// membership        | bytes
/// revision          | 8 bytes
/// compacted         | 8 bytes
/// leases            | list of id, granted, remaining: 8 bytes each, times in seconds
/// alarms            | list of member: 8 bytes, type: 4 bytes
/// </code>
/// </remarks>
internal static class StateCodec
{
    /// <summary>Writes a state, without its segments.</summary>
    internal static void Put(FieldWriter content, Checkpoint state)
    {
        content.Put(state.Group.Value);
        content.Put(state.Incarnation.Value);
        content.Put(state.Applied.Value);
        content.Put(state.AppliedTerm.Value);
        content.Put([]);
        content.Put([]);
        content.Put(state.Configuration.Equals(GroupConfiguration.Unknown)
            ? []
            : GroupConfigurationCodec.Encode(state.Configuration));
        content.Put(state.Membership.Span);
        content.Put(state.Keyspace.Revision.Value);
        content.Put(state.Keyspace.CompactedRevision.Value);
        content.PutList(state.Keyspace.Leases, (writer, lease) =>
        {
            writer.Put(lease.Id.Value);
            writer.Put(lease.GrantedTtlSeconds);
            writer.Put(lease.RemainingTtlSeconds);
        });
        content.PutList(state.Keyspace.Alarms, (writer, alarm) =>
        {
            writer.Put(alarm.Member);
            writer.Put((uint)alarm.Type);
        });
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="ArgumentException">The bytes make no sense.</exception>
    /// <exception cref="OverflowException">A size makes no sense.</exception>
    /// <exception cref="FormatException">The configuration makes no sense.</exception>
    /// <exception cref="NotSupportedException">It holds a part of the keys only, which this release cannot.</exception>
    internal static Checkpoint Take(ref FieldReader reader)
    {
        var group = new GroupId(reader.TakeUInt64());
        var incarnation = new Incarnation(reader.TakeUInt64());
        var applied = new LogIndex(reader.TakeUInt64());
        var appliedTerm = new Term(reader.TakeUInt64());
        if (reader.TakeBytes().Length + reader.TakeBytes().Length > 0)
        {
            throw new NotSupportedException("it holds a part of the keys only, which this release cannot");
        }

        return new Checkpoint
        {
            Group = group,
            Incarnation = incarnation,
            Applied = applied,
            AppliedTerm = appliedTerm,
            Configuration = reader.TakeBytes().ToArray() is { Length: > 0 } configuration
                ? GroupConfigurationCodec.Decode(configuration)
                : GroupConfiguration.Unknown,
            Membership = reader.TakeBytes().ToArray(),
            Keyspace = TakeKeyspace(ref reader),
        };
    }

    private static KeyspaceImage TakeKeyspace(ref FieldReader reader)
    {
        var revision = new Revision(reader.TakeInt64());
        var compacted = new Revision(reader.TakeInt64());
        var leases = new LeaseState[reader.TakeCount(3 * sizeof(long))];
        for (var lease = 0; lease < leases.Length; lease++)
        {
            leases[lease] = new LeaseState(new LeaseId(reader.TakeInt64()), reader.TakeInt64(), reader.TakeInt64());
        }

        var alarms = new Alarm[reader.TakeCount(sizeof(ulong) + sizeof(uint))];
        for (var alarm = 0; alarm < alarms.Length; alarm++)
        {
            alarms[alarm] = new Alarm(reader.TakeUInt64(), (AlarmType)reader.TakeUInt32());
        }

        return new KeyspaceImage(revision, compacted, leases, alarms);
    }
}
