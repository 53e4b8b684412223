using Sync.Mvcc.Commands;

namespace Sync.Mvcc.Leases;

/// <summary>
/// A leader's clock over its leases: when each ends, which have ended, which are renewed. Members that do not
/// lead know their leases and let none expire. Fed from applied commands.
/// </summary>
/// <remarks>
/// Owned by one loop. Times are milliseconds of one monotonic clock, passed in. A lease never ends before the
/// time that a grant or a renewal promised, also under a later leader: a remaining time is written down rounded
/// up, and made void before a renewal is answered.
/// </remarks>
/// <param name="settings">How it spends its proposals.</param>
public sealed class Lessor(LessorSettings settings)
{
    private readonly Dictionary<LeaseId, Entry> _leases = [];

    // A lease stands in each line once at most, at a time that may be too early but never too late: renewing a
    // lease does not touch the lines, and one that comes up too early is put back at its true time.
    private readonly PriorityQueue<Entry, (long Due, LeaseId Id)> _expiring = new();
    private readonly PriorityQueue<Entry, (long Due, LeaseId Id)> _checkpointing = new();

    /// <summary>Whether this member leads.</summary>
    public bool IsLeading { get; private set; }

    /// <summary>How many leases it knows.</summary>
    public int Count => _leases.Count;

    /// <summary>
    /// The earliest time at which <see cref="TakeExpired"/> may have something; null while not leading and when
    /// there is no lease.
    /// </summary>
    public long? NextExpiryMilliseconds => Peek(_expiring, entry => entry.ExpiryDue);

    /// <summary>
    /// The earliest time at which <see cref="TakeCheckpoint"/> may have something; null while not leading and
    /// when no lease lasts that long.
    /// </summary>
    public long? NextCheckpointMilliseconds => Peek(_checkpointing, entry => entry.CheckpointDue);

    /// <summary>Takes over all leases of a keyspace, forgetting others, and does not lead; for a start.</summary>
    public void Load(IEnumerable<LeaseState> leases)
    {
        Demote();
        _leases.Clear();
        foreach (var (id, granted, remaining) in leases)
        {
            _leases.Add(id, new Entry(id, granted) { WrittenSeconds = remaining });
        }
    }

    /// <summary>Hears of an applied grant.</summary>
    /// <param name="lease">The new lease.</param>
    /// <param name="ttlSeconds">What it was granted.</param>
    /// <param name="nowMilliseconds">The time.</param>
    public void Granted(LeaseId lease, long ttlSeconds, long nowMilliseconds)
    {
        var entry = new Entry(lease, ttlSeconds);
        _leases.Add(lease, entry);
        if (IsLeading)
        {
            Begin(entry, nowMilliseconds, Milliseconds(ttlSeconds));
        }
    }

    /// <summary>Hears of an applied revocation.</summary>
    public void Revoked(LeaseId lease)
    {
        if (_leases.Remove(lease, out var entry))
        {
            entry.IsGone = true;
        }
    }

    /// <summary>Hears of an applied checkpoint of remaining times.</summary>
    public void Checkpointed(LeaseCheckpointCommand checkpoint)
    {
        foreach (var (lease, seconds) in checkpoint.Remaining)
        {
            if (_leases.TryGetValue(lease, out var entry))
            {
                entry.WrittenSeconds = Math.Clamp(seconds, 0, entry.GrantedSeconds);
                entry.IsCheckpointProposed = false;
                entry.IsClearProposed &= entry.WrittenSeconds > 0;
            }
        }
    }

    /// <summary>Begins to lead: each lease has its whole, or its written down remaining, time from now on.</summary>
    /// <remarks>Only when every entry of earlier leaders is applied.</remarks>
    /// <param name="nowMilliseconds">The time.</param>
    /// <param name="extensionMilliseconds">What each lease gets on top, such as one election timeout.</param>
    public void Promote(long nowMilliseconds, long extensionMilliseconds)
    {
        Demote();
        IsLeading = true;
        foreach (var entry in _leases.Values)
        {
            var seconds = entry.WrittenSeconds > 0 ? entry.WrittenSeconds : entry.GrantedSeconds;
            Begin(entry, nowMilliseconds, Milliseconds(seconds) + extensionMilliseconds);
        }
    }

    /// <summary>Leads no more: nothing expires until the next promotion.</summary>
    public void Demote()
    {
        IsLeading = false;
        _expiring.Clear();
        _checkpointing.Clear();
    }

    /// <summary>Gives a lease its whole time again.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="nowMilliseconds">The time.</param>
    public Renewal Renew(LeaseId lease, long nowMilliseconds)
    {
        if (!IsLeading)
        {
            return new(RenewalKind.NotLeader, 0);
        }

        if (!_leases.TryGetValue(lease, out var entry))
        {
            return new(RenewalKind.Unknown, 0);
        }

        if (entry.Deadline <= nowMilliseconds)
        {
            return new(RenewalKind.Expired, 0);
        }

        if (entry.WrittenSeconds > 0 || entry.IsCheckpointProposed)
        {
            entry.IsClearProposed = true;
            return new(RenewalKind.ClearCheckpointFirst, 0);
        }

        Extend(entry, nowMilliseconds, Milliseconds(entry.GrantedSeconds));
        return new(RenewalKind.Renewed, entry.GrantedSeconds);
    }

    /// <summary>The time that a lease has left.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="nowMilliseconds">The time.</param>
    /// <returns>Whole seconds rounded down, negative when overdue; null when unknown or while not leading.</returns>
    public long? RemainingSeconds(LeaseId lease, long nowMilliseconds) =>
        IsLeading && _leases.TryGetValue(lease, out var entry)
            ? (long)Math.Floor((entry.Deadline - nowMilliseconds) / 1000m)
            : null;

    /// <summary>Takes leases that are past their deadline, earliest first, for their revocation to be proposed.</summary>
    /// <remarks>
    /// One that is still there after <see cref="LessorSettings.RevocationRetryMilliseconds"/> is taken again, unless
    /// its revocation was accepted.
    /// </remarks>
    /// <param name="nowMilliseconds">The time.</param>
    /// <param name="leasesMax">The most to take.</param>
    public IReadOnlyList<LeaseId> TakeExpired(long nowMilliseconds, int leasesMax)
    {
        var expired = new List<LeaseId>();
        while (expired.Count < leasesMax && NextExpiryMilliseconds <= nowMilliseconds)
        {
            var entry = _expiring.Dequeue();
            entry.ExpiryDue = nowMilliseconds + settings.RevocationRetryMilliseconds;
            _expiring.Enqueue(entry, (entry.ExpiryDue, entry.Id));
            if (!entry.IsRevocationProposed)
            {
                expired.Add(entry.Id);
            }
        }

        return expired;
    }

    /// <summary>Hears that the revocation of a lease that was taken stands in this leader's log.</summary>
    /// <remarks>
    /// It will be applied, or this member leads no more; so it is not proposed again. A second one could end another
    /// lease, which a client was granted under the same ID in between.
    /// </remarks>
    public void RevocationAccepted(LeaseId lease)
    {
        if (_leases.TryGetValue(lease, out var entry))
        {
            entry.IsRevocationProposed = true;
        }
    }

    /// <summary>Hears of a revocation that was applied without effect, as under an alarm: another must follow.</summary>
    public void RevocationRefused(LeaseId lease)
    {
        if (_leases.TryGetValue(lease, out var entry))
        {
            entry.IsRevocationProposed = false;
        }
    }

    /// <summary>Takes the remaining times that it is time to write down, for a checkpoint to be proposed.</summary>
    /// <param name="nowMilliseconds">The time.</param>
    /// <param name="leasesMax">The most entries.</param>
    /// <returns>The entries, seconds rounded up; empty when there is nothing to write.</returns>
    public IReadOnlyList<LeaseRemaining> TakeCheckpoint(long nowMilliseconds, int leasesMax)
    {
        var remaining = new List<LeaseRemaining>();
        while (remaining.Count < leasesMax && NextCheckpointMilliseconds <= nowMilliseconds)
        {
            var entry = _checkpointing.Dequeue();
            var left = entry.Deadline - nowMilliseconds;
            entry.StandsForCheckpoint = false;
            if (left > settings.CheckpointIntervalMilliseconds)
            {
                StandForCheckpoint(entry, nowMilliseconds);
            }

            if (left > 0 && !entry.IsClearProposed)
            {
                entry.IsCheckpointProposed = true;
                remaining.Add(new LeaseRemaining(entry.Id, Math.Min((left + 999) / 1000, entry.GrantedSeconds)));
            }
        }

        return remaining;
    }

    /// <summary>All leases, in no order: who asks for them sorts them.</summary>
    public IReadOnlyList<ListedLease> List()
    {
        var leases = new List<ListedLease>(_leases.Count);
        foreach (var entry in _leases.Values)
        {
            leases.Add(new ListedLease(IsLeading ? entry.Deadline : 0, entry.Id));
        }

        return leases;
    }

    private static long Milliseconds(long seconds) => seconds * 1000;

    private static long? Peek(PriorityQueue<Entry, (long Due, LeaseId Id)> line, Func<Entry, long> dueOf)
    {
        while (line.TryPeek(out var entry, out var place))
        {
            if (!entry.IsGone && dueOf(entry) <= place.Due)
            {
                return place.Due;
            }

            line.Dequeue();
            if (!entry.IsGone)
            {
                line.Enqueue(entry, (dueOf(entry), entry.Id));
            }
        }

        return null;
    }

    private void Begin(Entry entry, long nowMilliseconds, long timeMilliseconds)
    {
        entry.StandsForCheckpoint = false;
        entry.IsCheckpointProposed = false;
        entry.IsClearProposed = false;
        entry.IsRevocationProposed = false;
        Extend(entry, nowMilliseconds, timeMilliseconds);
        _expiring.Enqueue(entry, (entry.ExpiryDue, entry.Id));
    }

    private void Extend(Entry entry, long nowMilliseconds, long timeMilliseconds)
    {
        entry.Deadline = nowMilliseconds + timeMilliseconds;
        entry.ExpiryDue = entry.Deadline;
        entry.CheckpointDue = nowMilliseconds + settings.CheckpointIntervalMilliseconds;
        if (!entry.StandsForCheckpoint && timeMilliseconds > settings.CheckpointIntervalMilliseconds)
        {
            StandForCheckpoint(entry, nowMilliseconds);
        }
    }

    private void StandForCheckpoint(Entry entry, long nowMilliseconds)
    {
        entry.StandsForCheckpoint = true;
        entry.CheckpointDue = nowMilliseconds + settings.CheckpointIntervalMilliseconds;
        _checkpointing.Enqueue(entry, (entry.CheckpointDue, entry.Id));
    }

    private sealed class Entry(LeaseId id, long grantedSeconds)
    {
        public LeaseId Id { get; } = id;

        public long GrantedSeconds { get; } = grantedSeconds;

        /// <summary>The remaining time that is written down; 0 when none is.</summary>
        public long WrittenSeconds { get; set; }

        /// <summary>
        /// Whether a remaining time was taken to be written down and is not applied yet: a renewal must not be
        /// answered before it is void.
        /// </summary>
        public bool IsCheckpointProposed { get; set; }

        /// <summary>
        /// Whether a renewal waits for the written down time to be made void: none may be written down behind it.
        /// </summary>
        public bool IsClearProposed { get; set; }

        /// <summary>Whether its revocation stands in this leader's log and is not applied yet.</summary>
        public bool IsRevocationProposed { get; set; }

        public long Deadline { get; set; }

        /// <summary>When to look whether it has expired: its deadline, or the retry of its revocation.</summary>
        public long ExpiryDue { get; set; }

        public long CheckpointDue { get; set; }

        public bool StandsForCheckpoint { get; set; }

        public bool IsGone { get; set; }
    }
}
