using Sync.Member.Proposals;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Simulation.Histories;

namespace Sync.Simulation.Space;

/// <summary>The alarms by the committed entries alone: what every member must have raised at each entry, and must refuse.</summary>
internal sealed class AlarmModel
{
    private readonly List<(LogIndex Since, Items<Alarm> Raised)> _states = [(LogIndex.None, Items<Alarm>.None)];

    /// <summary>The alarms after everything, by member and type.</summary>
    public Items<Alarm> Last => _states[^1].Raised;

    /// <summary>The alarms after an entry, by member and type.</summary>
    public Items<Alarm> At(LogIndex index)
    {
        var last = _states.Count - 1;
        while (_states[last].Since > index)
        {
            last--;
        }

        return _states[last].Raised;
    }

    /// <summary>Takes the next committed entry in.</summary>
    /// <returns>Whether it raised an alarm or cleared one.</returns>
    public bool Add(Entry entry)
    {
        if (CommandOf(entry) is not { } command)
        {
            return false;
        }

        var raised = command switch
        {
            RaiseAlarmCommand raise => Last.Append(raise.Alarm).Distinct().Order().ToList(),
            ClearAlarmCommand clear => Last.Where(alarm => alarm != clear.Alarm).ToList(),
            _ => null,
        };
        if (raised is null || raised.Count == Last.Count)
        {
            return false;
        }

        _states.Add((entry.Index, new Items<Alarm>(raised)));
        return true;
    }

    /// <summary>Why the alarms refuse a request that stands at an entry; null when they do not.</summary>
    public KvRefusal? RefusalAt(LogIndex index, KvRequest request)
    {
        var raised = At(index.Previous);
        return raised.Any(alarm => alarm.Type == AlarmType.Corrupt) && request.IsWrite ? KvRefusal.Corrupt
            : raised.Any(alarm => alarm.Type == AlarmType.NoSpace) && NeedsSpace(request) ? KvRefusal.NoSpace
            : null;
    }

    /// <summary>Whether a request is refused without space; reads, deletes and compactions are not.</summary>
    public static bool NeedsSpace(KvRequest request) => request switch
    {
        KvRequest.Put or KvRequest.Grant => true,
        KvRequest.Txn transaction => transaction.Success.Concat(transaction.Failure).Any(NeedsSpace),
        _ => false,
    };

    private static Command? CommandOf(Entry entry) =>
        entry.Kind == EntryKind.Normal && !entry.Payload.IsEmpty
        && MemberCommandCodec.Decode(MemberCommandCodec.CommandOf(entry.Payload)) is MemberCommand.ChangeKeyspace change
            ? change.Command
            : null;
}
