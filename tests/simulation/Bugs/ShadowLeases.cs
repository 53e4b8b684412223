using Sync.Member;
using Sync.Mvcc;
using Sync.Mvcc.Leases;
using Sync.Raft.Roles;

namespace Sync.Simulation.Bugs;

/// <summary>A leader's clock over leases that goes on after the leadership has ended.</summary>
internal sealed class ShadowLeases
{
    private readonly SortedDictionary<LeaseId, long> _deadlines = [];

    /// <summary>Looks at the leases while the member leads, and revokes them by what it saw when it leads no more.</summary>
    public void Watch(GroupMember member, KeyspaceView view, long now, Action<LeaseId> revoke)
    {
        if (member.Status.Role == RoleKind.Leader)
        {
            _deadlines.Clear();
            foreach (var lease in view.Leases())
            {
                if (member.RemainingSeconds(lease.Id) is { } seconds)
                {
                    _deadlines[lease.Id] = now + (seconds * 1000);
                }
            }

            return;
        }

        foreach (var (lease, _) in _deadlines.Where(pair => pair.Value <= now).ToList())
        {
            _deadlines.Remove(lease);
            revoke(lease);
        }
    }
}
