using Sync.Member.Proposals;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Raft.Log;

namespace Sync.Simulation.Bugs;

/// <summary>A keyspace that carries out what an alarm forbids.</summary>
internal static class BuggyKeyspace
{
    /// <summary>Carries out the puts among entries that were refused.</summary>
    public static void PutInSpiteOfAlarms(Keyspace keyspace, ReadOnlySpan<Entry> entries)
    {
        var raised = keyspace.Image().Alarms;
        if (raised.Count == 0)
        {
            return;
        }

        foreach (var alarm in raised)
        {
            keyspace.Apply(new ClearAlarmCommand(alarm));
        }

        foreach (var entry in entries)
        {
            if (entry.Kind == EntryKind.Normal && !entry.Payload.IsEmpty
                && MemberCommandCodec.Decode(MemberCommandCodec.CommandOf(entry.Payload))
                    is MemberCommand.ChangeKeyspace { Command: PutOperation put })
            {
                keyspace.Apply(put);
            }
        }

        foreach (var alarm in raised)
        {
            keyspace.Apply(new RaiseAlarmCommand(alarm));
        }
    }
}
