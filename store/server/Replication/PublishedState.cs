using Sync.Member;
using Sync.Mvcc;
using Sync.Mvcc.Alarms;

namespace Sync.Store.Replication;

/// <summary>How large a member's data is on disk.</summary>
/// <param name="TotalBytes">All changes, superseded ones included.</param>
/// <param name="DeadBytes">How much of it is superseded and not given back yet.</param>
/// <param name="WaitingBytes">What lies beside it in files that go with the next checkpoints.</param>
internal sealed record DataSize(long TotalBytes, long DeadBytes, long WaitingBytes);

/// <summary>What the member has published for all threads: the newest view and status, each an immutable value.</summary>
/// <remarks>
/// Written by the member's thread alone, but for <see cref="HasRoom"/>. An answer is given only after its view stands here.
/// </remarks>
/// <param name="view">The view at the start.</param>
/// <param name="status">The status at the start.</param>
internal sealed class PublishedState(KeyspaceView view, MemberStatus status)
{
    private volatile KeyspaceView _view = view;
    private volatile MemberStatus _status = status;
    private volatile bool _isLearner = status.IsLearner;
    private volatile bool _wasRemoved = status.Members.WasRemoved(status.Self);
    private volatile bool _hasDiverged = IsAlarmed(view, status.Self.Value);
    private volatile DataSize _size = new(TotalBytes: 0, DeadBytes: 0, WaitingBytes: 0);
    private volatile bool _hasRoom = true;

    /// <summary>The newest view.</summary>
    public KeyspaceView View
    {
        get => _view;
        set
        {
            _view = value;
            _hasDiverged = IsAlarmed(value, _status.Self.Value);
        }
    }

    /// <summary>The newest status.</summary>
    public MemberStatus Status
    {
        get => _status;
        set
        {
            _status = value;
            _isLearner = value.IsLearner;
            _wasRemoved = value.Members.WasRemoved(value.Self);
        }
    }

    /// <summary>Whether this member has no vote. Every request asks, so it is found when the status changes.</summary>
    public bool IsLearner => _isLearner;

    /// <summary>Whether this member was removed: it stays for the others' sake, and serves no clients.</summary>
    public bool WasRemoved => _wasRemoved;

    /// <summary>
    /// Whether this member's data is known to differ from that of the others. Every request asks, so it is found when the
    /// view changes.
    /// </summary>
    public bool HasDiverged => _hasDiverged;

    /// <summary>How large the data is.</summary>
    public DataSize Size
    {
        get => _size;
        set => _size = value;
    }

    /// <summary>Whether the disk has room for writes.</summary>
    public bool HasRoom
    {
        get => _hasRoom;
        set => _hasRoom = value;
    }

    /// <summary>Whether the CORRUPT alarm of a member is raised.</summary>
    public static bool IsAlarmed(KeyspaceView view, ulong member) =>
        view.Alarms.Any(alarm => alarm.Type == AlarmType.Corrupt && alarm.Member == member);
}
