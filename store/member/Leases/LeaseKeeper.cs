using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Mvcc.Leases;

namespace Sync.Member.Leases;

/// <summary>
/// Runs a member's <see cref="Lessor"/>: feeds it with what is applied, proposes what is due, and holds the
/// renewals that wait for an entry of the log.
/// </summary>
internal sealed class LeaseKeeper
{
    private readonly MemberSettings _settings;
    private readonly Lessor _lessor;

    // Renewals that wait until their lease is revoked, or until its written down time is cleared.
    private readonly Dictionary<LeaseId, List<RequestId>> _waiting = [];
    private readonly List<LeaseId> _touched = [];
    private long _nowMilliseconds;

    /// <summary>A keeper of the leases that a keyspace has.</summary>
    public LeaseKeeper(MemberSettings settings, IEnumerable<LeaseState> leases, long nowMilliseconds)
    {
        _settings = settings;
        _lessor = new Lessor(settings.Leases);
        _nowMilliseconds = nowMilliseconds;
        _lessor.Load(leases);
    }

    /// <summary>Takes over the leases of another state, and does not lead.</summary>
    public void Load(IEnumerable<LeaseState> leases)
    {
        _lessor.Load(leases);
        _waiting.Clear();
        _touched.Clear();
    }

    /// <summary>Takes note of the time.</summary>
    public void Observe(long nowMilliseconds) => _nowMilliseconds = nowMilliseconds;

    /// <summary>The commands that are due: revocations of expired leases, remaining times of long ones.</summary>
    public IEnumerable<Command> TakeProposals(long tick)
    {
        if (!_lessor.IsLeading || tick % _settings.LeaseCheckTicks != 0)
        {
            yield break;
        }

        foreach (var lease in _lessor.TakeExpired(_nowMilliseconds, _settings.LeaseExpiriesMax))
        {
            yield return new LeaseRevokeCommand(lease);
        }

        if (_lessor.TakeCheckpoint(_nowMilliseconds, _settings.LeaseCheckpointEntriesMax) is { Count: > 0 } remaining)
        {
            yield return new LeaseCheckpointCommand(remaining);
        }
    }

    /// <summary>Takes note that a command of <see cref="TakeProposals"/> stands in this leader's log.</summary>
    public void Accepted(Command command)
    {
        if (command is LeaseRevokeCommand revoked)
        {
            _lessor.RevocationAccepted(revoked.Lease);
        }
    }

    /// <summary>Renews a lease while leading, now or when an entry that must come first is applied.</summary>
    /// <returns>A command to propose first; null when none is needed.</returns>
    public Command? Renew(RequestId request, LeaseId lease, ICollection<RenewedLease> answers)
    {
        var renewal = _lessor.Renew(lease, _nowMilliseconds);
        switch (renewal.Kind)
        {
            case RenewalKind.Renewed or RenewalKind.Unknown:
                answers.Add(new RenewedLease(request, renewal.TtlSeconds));
                return null;
            case RenewalKind.Expired:
                Wait(request, lease);
                return null;
            case RenewalKind.ClearCheckpointFirst:
                Wait(request, lease);
                return new LeaseCheckpointCommand([new LeaseRemaining(lease, Seconds: 0)]);
            default:
                throw new InvariantException($"a leader's renewal is not {renewal.Kind}");
        }
    }

    /// <summary>Tells the lessor of an applied command.</summary>
    public void Applied(Command command, Result<Outcome> outcome)
    {
        if (!outcome.IsOk)
        {
            if (command is LeaseRevokeCommand refused)
            {
                _lessor.RevocationRefused(refused.Lease);
            }

            return;
        }

        switch (command)
        {
            case LeaseGrantCommand when outcome.Value is LeaseGrantOutcome granted:
                _lessor.Granted(granted.Lease, granted.TtlSeconds, _nowMilliseconds);
                break;
            case LeaseRevokeCommand revoked:
                _lessor.Revoked(revoked.Lease);
                Touch(revoked.Lease);
                break;
            case LeaseCheckpointCommand checkpoint:
                _lessor.Checkpointed(checkpoint);
                foreach (var remaining in checkpoint.Remaining)
                {
                    Touch(remaining.Lease);
                }

                break;
        }
    }

    /// <summary>Takes the renewals that waited for an entry that is applied now; they are to be tried again.</summary>
    public IReadOnlyList<(RequestId Request, LeaseId Lease)> TakeReleased()
    {
        if (_touched.Count == 0)
        {
            return [];
        }

        var released = new List<(RequestId, LeaseId)>();
        foreach (var lease in _touched)
        {
            if (_waiting.Remove(lease, out var requests))
            {
                released.AddRange(requests.Select(request => (request, lease)));
            }
        }

        _touched.Clear();
        return released;
    }

    /// <summary>Takes all renewals of a lease that wait.</summary>
    public IReadOnlyList<RequestId> TakeWaiting(LeaseId lease) =>
        _waiting.Remove(lease, out var requests) ? requests : [];

    /// <summary>Begins to lead.</summary>
    public void Promote(long extensionMilliseconds) => _lessor.Promote(_nowMilliseconds, extensionMilliseconds);

    /// <summary>Leads no more, or not yet; whoever waits must ask again.</summary>
    public void Demote()
    {
        _lessor.Demote();
        _waiting.Clear();
        _touched.Clear();
    }

    /// <summary>Whether this member keeps the clock over leases.</summary>
    public bool IsLeading => _lessor.IsLeading;

    /// <summary>The time that a lease has left, in whole seconds, or null when unknown or not leading.</summary>
    public long? RemainingSeconds(LeaseId lease) => _lessor.RemainingSeconds(lease, _nowMilliseconds);

    /// <summary>All leases, in no order.</summary>
    public IReadOnlyList<ListedLease> List() => _lessor.List();

    private void Wait(RequestId request, LeaseId lease)
    {
        if (!_waiting.TryGetValue(lease, out var requests))
        {
            _waiting[lease] = requests = [];
        }

        requests.Add(request);
    }

    private void Touch(LeaseId lease)
    {
        if (_waiting.ContainsKey(lease))
        {
            _touched.Add(lease);
        }
    }
}
