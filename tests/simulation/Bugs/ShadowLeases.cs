using Sync.Mvcc;
using Sync.Mvcc.Leases;

namespace Sync.Simulation.Bugs;

/// <summary>A leader's clock over leases that goes on after the leadership has ended, and hears of no renewal.</summary>
internal sealed class ShadowLeases
{
    private readonly SortedDictionary<LeaseId, long> _deadlines = [];

    /// <summary>Looks at the leases while the member leads, and revokes them by what it saw when it leads no more.</summary>
    public void Watch(bool leads, KeyspaceView view, long now, Action<LeaseId> revoke)
    {
        if (leads)
        {
            foreach (var lease in view.Leases())
            {
                if (!_deadlines.TryGetValue(lease.Id, out var deadline) || deadline <= now)
                {
                    _deadlines[lease.Id] = now + (lease.GrantedTtlSeconds * 1000);
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
