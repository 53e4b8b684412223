using System.Collections.Immutable;
using Sync.Simulation.Histories;

namespace Sync.Simulation.Checking;

/// <summary>What a request does to a model's state.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Response">The answer that a client must get.</param>
/// <param name="Events">What watchers must hear, in order; empty when nothing changed.</param>
internal readonly record struct KeyspaceStep(KeyspaceState State, KvResponse Response, Items<KvEvent> Events);

/// <summary>
/// The plain model of the store: all pairs, leases and revisions at one moment. An immutable value, written without a
/// look at the store's own code. Source: etcd, api/etcdserverpb/rpc.proto.
/// </summary>
internal sealed class KeyspaceState : IEquatable<KeyspaceState>
{
    private readonly ulong _fingerprint;

    private KeyspaceState(
        long revision, long compacted, ImmutableSortedDictionary<string, KvPair> pairs, ImmutableSortedSet<long> leases)
    {
        Revision = revision;
        Compacted = compacted;
        Pairs = pairs;
        Leases = leases;
        var sum = new HashCode();
        sum.Add(revision);
        sum.Add(compacted);
        sum.Add(leases.Count);
        foreach (var lease in leases)
        {
            sum.Add(lease);
        }

        var pairSum = 0UL;
        foreach (var pair in pairs.Values)
        {
            pairSum += (ulong)pair.GetHashCode() * 0x9e3779b97f4a7c15;
        }

        _fingerprint = ((ulong)(uint)sum.ToHashCode() << 32) ^ pairSum;
    }

    /// <summary>A store that was never written.</summary>
    public static KeyspaceState Fresh { get; } =
        new(1, 0, ImmutableSortedDictionary.Create<string, KvPair>(StringComparer.Ordinal), []);

    public long Revision { get; }

    public long Compacted { get; }

    public ImmutableSortedDictionary<string, KvPair> Pairs { get; }

    public ImmutableSortedSet<long> Leases { get; }

    /// <summary>Carries a request out.</summary>
    public KeyspaceStep Apply(KvRequest request)
    {
        var change = new Change(this);
        var response = change.Run(request);
        var next = change.IsNone ? this : change.Result();
        return new KeyspaceStep(next, WithRevision(response, next.Revision), new Items<KvEvent>(change.Events));
    }

    /// <summary>The pairs of <c>[key, end)</c>, or of one key.</summary>
    public Items<KvPair> Range(string key, string? end) => Change.Range(Pairs, key, end);

    public bool Equals(KeyspaceState? other) => other is not null && other._fingerprint == _fingerprint
        && other.Revision == Revision && other.Compacted == Compacted && other.Pairs.Count == Pairs.Count;

    public override bool Equals(object? obj) => Equals(obj as KeyspaceState);

    public override int GetHashCode() => _fingerprint.GetHashCode();

    public override string ToString() => $"revision {Revision}, compacted {Compacted}, leases [{string.Join(' ', Leases)}], "
        + string.Join(", ", Pairs.Values.Select(pair => $"{pair.Key}={pair.Value}@{pair.Mod}"));

    private static KvResponse WithRevision(KvResponse response, long revision) => response switch
    {
        KvResponse.KeptAlive or KvResponse.Refused => response,
        _ => response with { Revision = revision },
    };

    /// <summary>One request's changes while they are made.</summary>
    private sealed class Change(KeyspaceState before)
    {
        private ImmutableSortedDictionary<string, KvPair> _pairs = before.Pairs;
        private ImmutableSortedSet<long> _leases = before.Leases;
        private long _compacted = before.Compacted;

        public List<KvEvent> Events { get; } = [];

        public bool IsNone => Events.Count == 0 && _compacted == before.Compacted && _leases == before.Leases;

        private long Working => before.Revision + 1;

        public static Items<KvPair> Range(ImmutableSortedDictionary<string, KvPair> pairs, string key, string? end)
        {
            if (end is null)
            {
                return pairs.TryGetValue(key, out var pair) ? new Items<KvPair>([pair]) : Items<KvPair>.None;
            }

            return new Items<KvPair>([.. pairs
                .Where(pair => string.CompareOrdinal(pair.Key, key) >= 0 && string.CompareOrdinal(pair.Key, end) < 0)
                .Select(pair => pair.Value)]);
        }

        public KeyspaceState Result() =>
            new(Events.Count > 0 ? Working : before.Revision, _compacted, _pairs, _leases);

        public KvResponse Run(KvRequest request) => request switch
        {
            KvRequest.Put put => Refusal(put) ?? Put(put),
            KvRequest.Delete delete => Delete(Range(_pairs, delete.Key, delete.End)),
            KvRequest.Get get => new KvResponse.Got(0, Range(_pairs, get.Key, get.End)),
            KvRequest.Txn transaction => Run(transaction),
            KvRequest.Compact compact => Compact(compact.Revision),
            KvRequest.Grant grant => Grant(grant.Lease),
            KvRequest.Revoke revoke => Revoke(revoke.Lease),
            KvRequest.KeepAlive keep => new KvResponse.KeptAlive(_leases.Contains(keep.Lease)),
            _ => throw new ArgumentException($"The model has no {request}.", nameof(request)),
        };

        private KvResponse? Refusal(KvRequest.Put put) => put.Lease != 0 && !before.Leases.Contains(put.Lease)
            ? new KvResponse.Refused(KvRefusal.LeaseNotFound)
            : null;

        private KvResponse.Done Put(KvRequest.Put put)
        {
            var previous = _pairs.GetValueOrDefault(put.Key);
            var pair = new KvPair(
                put.Key, put.Value, previous?.Create ?? Working, Working, (previous?.Version ?? 0) + 1, put.Lease);
            _pairs = _pairs.SetItem(put.Key, pair);
            Events.Add(new KvEvent(IsDelete: false, pair, before.Pairs.GetValueOrDefault(put.Key)));
            return new KvResponse.Done(0, previous);
        }

        private KvResponse.Deleted Delete(Items<KvPair> pairs)
        {
            foreach (var pair in pairs)
            {
                _pairs = _pairs.Remove(pair.Key);
                Events.Add(new KvEvent(
                    IsDelete: true, new KvPair(pair.Key, "", 0, Working, 0, 0), before.Pairs.GetValueOrDefault(pair.Key)));
            }

            return new KvResponse.Deleted(0, pairs);
        }

        private KvResponse Run(KvRequest.Txn transaction)
        {
            var succeeded = transaction.Compares.All(Holds);
            var branch = succeeded ? transaction.Success : transaction.Failure;
            return branch.OfType<KvRequest.Put>().Select(Refusal).FirstOrDefault(refusal => refusal is not null)
                ?? new KvResponse.Ran(0, succeeded, new Items<KvResponse>([.. branch.Select(Run)]));
        }

        private bool Holds(KvCompare compare)
        {
            var pair = before.Pairs.GetValueOrDefault(compare.Key);
            return compare.Value is null ? (pair?.Mod ?? 0) == compare.ModRevision : pair?.Value == compare.Value;
        }

        private KvResponse Compact(long revision)
        {
            if (revision <= before.Compacted)
            {
                return new KvResponse.Refused(KvRefusal.Compacted);
            }

            if (revision > before.Revision)
            {
                return new KvResponse.Refused(KvRefusal.FutureRevision);
            }

            _compacted = revision;
            return new KvResponse.Compacted(0);
        }

        private KvResponse Grant(long lease)
        {
            if (_leases.Contains(lease))
            {
                return new KvResponse.Refused(KvRefusal.LeaseExists);
            }

            _leases = _leases.Add(lease);
            return new KvResponse.Granted(0);
        }

        private KvResponse Revoke(long lease)
        {
            if (!_leases.Contains(lease))
            {
                return new KvResponse.Refused(KvRefusal.LeaseNotFound);
            }

            _leases = _leases.Remove(lease);
            Delete(new Items<KvPair>([.. _pairs.Values.Where(pair => pair.Lease == lease)]));
            return new KvResponse.Revoked(0);
        }
    }
}
