using Sync.Member;
using Sync.Mvcc;

namespace Sync.Store.Replication;

/// <summary>What the member has published for all threads: the newest view and status, each an immutable value.</summary>
/// <remarks>Written by the member's thread alone. An answer is given only after its view stands here.</remarks>
/// <param name="view">The view at the start.</param>
/// <param name="status">The status at the start.</param>
internal sealed class PublishedState(KeyspaceView view, MemberStatus status)
{
    private volatile KeyspaceView _view = view;
    private volatile MemberStatus _status = status;

    /// <summary>The newest view.</summary>
    public KeyspaceView View
    {
        get => _view;
        set => _view = value;
    }

    /// <summary>The newest status.</summary>
    public MemberStatus Status
    {
        get => _status;
        set => _status = value;
    }
}
