using Sync.Mvcc.Commands;

namespace Sync.Mvcc.Alarms;

/// <summary>The raised alarms, and what they refuse.</summary>
internal sealed class AlarmSet
{
    // Replaced whole by each change, so that views can share it.
    private Alarm[] _alarms;

    /// <summary>A set with some alarms raised already.</summary>
    public AlarmSet(IEnumerable<Alarm> raised) => _alarms = [.. raised.Order()];

    /// <summary>All raised alarms, by member and type. Never changes once returned.</summary>
    public IReadOnlyList<Alarm> List => _alarms;

    /// <summary>Raises an alarm.</summary>
    /// <returns>Whether it was not raised before; false for an alarm of no type.</returns>
    public bool Raise(Alarm alarm)
    {
        if (alarm.Type == AlarmType.None || _alarms.Contains(alarm))
        {
            return false;
        }

        _alarms = [.. _alarms.Append(alarm).Order()];
        return true;
    }

    /// <summary>Clears an alarm.</summary>
    /// <returns>Whether exactly this alarm was raised.</returns>
    public bool Clear(Alarm alarm)
    {
        var before = _alarms.Length;
        _alarms = [.. _alarms.Where(raised => raised != alarm)];
        return _alarms.Length < before;
    }

    /// <summary>Why the alarms of any member refuse a command; null when they do not.</summary>
    public StoreError? Refusal(Command command)
    {
        if (_alarms.Length == 0)
        {
            return null;
        }

        return IsRaised(AlarmType.Corrupt) && Changes(command) ? StoreError.Corrupt
            : IsRaised(AlarmType.NoSpace) && QuotaCost.Of(command) > 0 ? StoreError.NoSpace
            : null;
    }

    private static bool Changes(Command command) => command
        is PutOperation or DeleteRangeOperation or TxnOperation { IsReadOnly: false }
        or CompactCommand or LeaseGrantCommand or LeaseRevokeCommand;

    private bool IsRaised(AlarmType type) => Array.Exists(_alarms, alarm => alarm.Type == type);
}
