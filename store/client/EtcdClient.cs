using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Leases;
using Sync.Etcd.Client.Mirroring;

namespace Sync.Etcd.Client;

/// <summary>
/// A client of a store that speaks etcd's API, ours or etcd itself. Safe for many threads; make one a store.
/// </summary>
/// <remarks>
/// Every call, also of the generated stubs, goes to the endpoint in use with the token at hand, ends within
/// <see cref="EtcdClientOptions.RequestTimeout"/>, and is tried again where that is safe. Failures are
/// <see cref="Grpc.Core.RpcException"/>, told apart by <see cref="EtcdErrors"/>; a cancelled token throws
/// <see cref="OperationCanceledException"/>.
/// </remarks>
public sealed class EtcdClient : IDisposable
{
    private readonly StoreAccess _access;

    /// <summary>Makes a client; nothing is connected before the first call.</summary>
    /// <param name="options">Where the store is and how to talk to it.</param>
    /// <param name="time">The clock of timeouts and waits; the machine's when null.</param>
    /// <exception cref="FormatException">An endpoint cannot be read, or a certificate's file does not hold what it should.</exception>
    /// <exception cref="IOException">A certificate's file is missing, or this user may not read it.</exception>
    public EtcdClient(EtcdClientOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var clock = time ?? TimeProvider.System;
        var ring = new EndpointRing(options);
        var signIn = new SignIn(ring, options.Credentials, options.RequestTimeout, clock);
        _access = new StoreAccess(ring, signIn, options, clock);
        var invoker = new StoreInvoker(_access);
        Kv = new KV.KVClient(invoker);
        Watch = new Watch.WatchClient(invoker);
        Lease = new Lease.LeaseClient(invoker);
        Cluster = new Cluster.ClusterClient(invoker);
        Maintenance = new Maintenance.MaintenanceClient(invoker);
        Auth = new Auth.AuthClient(invoker);
    }

    /// <summary>Keys, in the wire's own messages.</summary>
    public KV.KVClient Kv { get; }

    /// <summary>Watches, in the wire's own messages; <see cref="Mirror"/> is what most want.</summary>
    public Watch.WatchClient Watch { get; }

    /// <summary>Leases, in the wire's own messages.</summary>
    public Lease.LeaseClient Lease { get; }

    /// <summary>Members, in the wire's own messages.</summary>
    public Cluster.ClusterClient Cluster { get; }

    /// <summary>State and upkeep of the member in use, in the wire's own messages.</summary>
    public Maintenance.MaintenanceClient Maintenance { get; }

    /// <summary>Users and roles, in the wire's own messages.</summary>
    public Auth.AuthClient Auth { get; }

    /// <summary>The address in use; another one after a failure.</summary>
    public Uri Endpoint => _access.Ring.Current.Address;

    /// <summary>
    /// Signs in now. Unary calls do so by themselves; a stream opened through a stub carries the token at hand.
    /// </summary>
    /// <exception cref="Grpc.Core.RpcException">The name or password is wrong, or no endpoint answered.</exception>
    public Task SignInAsync(CancellationToken cancellation = default) => _access.SignIn.EnsureAsync(cancellation);

    /// <summary>Reads a page that the endpoint in use serves beside its calls, such as <c>/metrics</c>.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached or has no such page.</exception>
    public Task<string> GetPageAsync(string path, CancellationToken cancellation = default) =>
        _access.Ring.Current.GetPageAsync(path, cancellation);

    /// <summary>Reads one key, as new as the cluster has it.</summary>
    /// <returns>The pair; null when there is no such key.</returns>
    public async Task<StoredPair?> GetAsync(ByteString key, CancellationToken cancellation = default)
    {
        var answer = await Kv.RangeAsync(new RangeRequest { Key = key }, cancellationToken: cancellation)
            .ConfigureAwait(false);
        return answer.Kvs.Count == 0 ? null : StoredPair.From(answer.Kvs[0]);
    }

    /// <inheritdoc cref="GetAsync(ByteString, CancellationToken)"/>
    public Task<StoredPair?> GetAsync(string key, CancellationToken cancellation = default) =>
        GetAsync(ByteString.CopyFromUtf8(key), cancellation);

    /// <summary>
    /// Reads all pairs of some ranges as of one revision, in pages, so that the size of a range has no limit.
    /// </summary>
    /// <param name="ranges">May overlap; each key comes once.</param>
    /// <param name="pageKeysMax">Pairs of one page, 1 or more.</param>
    /// <param name="cancellation">Gives the reading up.</param>
    public Task<Listing> ListAsync(
        IEnumerable<KeyRange> ranges, int pageKeysMax = RangeReader.PageKeysDefault,
        CancellationToken cancellation = default) =>
        RangeReader.ReadAsync(Kv, KeyRange.Union(ranges), pageKeysMax, cancellation);

    /// <summary>Sets a key.</summary>
    /// <param name="key">At least one byte.</param>
    /// <param name="value">Any bytes.</param>
    /// <param name="leaseId">The lease the key goes with; 0 is none.</param>
    /// <param name="cancellation">Gives up waiting; the put may still happen.</param>
    /// <returns>The revision of the put.</returns>
    public async Task<long> PutAsync(
        ByteString key, ByteString value, long leaseId = 0, CancellationToken cancellation = default)
    {
        var request = new PutRequest { Key = key, Value = value, Lease = leaseId };
        var answer = await Kv.PutAsync(request, cancellationToken: cancellation).ConfigureAwait(false);
        return answer.Header.Revision;
    }

    /// <inheritdoc cref="PutAsync(ByteString, ByteString, long, CancellationToken)"/>
    public Task<long> PutAsync(string key, string value, long leaseId = 0, CancellationToken cancellation = default) =>
        PutAsync(ByteString.CopyFromUtf8(key), ByteString.CopyFromUtf8(value), leaseId, cancellation);

    /// <summary>Deletes every key of a range, in one revision.</summary>
    public async Task<KeyDeletion> DeleteAsync(KeyRange range, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(range);
        var request = new DeleteRangeRequest { Key = range.Start, RangeEnd = range.End };
        var answer = await Kv.DeleteRangeAsync(request, cancellationToken: cancellation).ConfigureAwait(false);
        return new KeyDeletion(answer.Header.Revision, answer.Deleted);
    }

    /// <summary>Carries out one branch of a transaction in one revision.</summary>
    public async Task<TxnResponse> TransactAsync(TxnRequest transaction, CancellationToken cancellation = default) =>
        await Kv.TxnAsync(transaction, cancellationToken: cancellation).ConfigureAwait(false);

    /// <summary>Drops the history below a revision, which itself stays readable.</summary>
    /// <exception cref="Grpc.Core.RpcException">The revision is compacted already or has not happened yet.</exception>
    public async Task CompactAsync(long revision, CancellationToken cancellation = default) =>
        await Kv.CompactAsync(new CompactionRequest { Revision = revision }, cancellationToken: cancellation)
            .ConfigureAwait(false);

    /// <summary>Takes a lease and keeps it alive until told otherwise.</summary>
    /// <param name="ttl">How long the lease outlives its owner, in whole seconds; the store may grant more.</param>
    /// <param name="cancellation">Gives the request up; it does not end the lease once it is granted.</param>
    public async Task<KeptLease> HoldLeaseAsync(TimeSpan ttl, CancellationToken cancellation = default)
    {
        var request = new LeaseGrantRequest { TTL = (long)Math.Ceiling(ttl.TotalSeconds) };
        var granted = await Lease.LeaseGrantAsync(request, cancellationToken: cancellation).ConfigureAwait(false);
        return new KeptLease(_access, Lease, granted);
    }

    /// <summary>Follows some ranges: their keys as of one revision, then every change, in order and without gap.</summary>
    /// <param name="ranges">May overlap; ranges that touch are watched as one.</param>
    /// <param name="options">How to read and ask; the defaults when null.</param>
    public KeyMirror Mirror(IEnumerable<KeyRange> ranges, MirrorOptions? options = null) =>
        new(_access, KeyRange.Union(ranges), options ?? new MirrorOptions());

    /// <summary>Closes the connections; calls under way fail.</summary>
    public void Dispose()
    {
        _access.SignIn.Dispose();
        _access.Ring.Dispose();
    }
}
