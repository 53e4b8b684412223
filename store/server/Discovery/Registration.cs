using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Discovery;

/// <summary>Registers a member in another store and waits there for the others: etcd's v3 discovery.</summary>
/// <param name="client">A client of that store.</param>
/// <param name="keys">Where the members register.</param>
/// <param name="own">This member alone, with the token as the cluster's.</param>
/// <param name="name">Its name.</param>
/// <param name="tellAsync">Tells the operator what is waited for.</param>
/// <remarks>
/// A store that is away is asked again for as long as it takes, since all may be starting at the same time; one that refuses
/// is not. Source: etcd, server/etcdserver/api/v3discovery/discovery.go.
/// </remarks>
internal sealed class Registration(
    EtcdClient client, RegistryKeys keys, InitialCluster own, string name, Func<string, Task> tellAsync)
{
    private static readonly BackoffSettings Waits = new();

    private readonly string _key = keys.MemberOf(own.MemberIdOf(name));

    // The revision of the own put.
    private long? _registeredAt;

    /// <summary>Finds the members of the cluster.</summary>
    /// <param name="settings">What this member was told.</param>
    /// <param name="registry">Where they register.</param>
    /// <param name="tellAsync">Tells the operator what is waited for.</param>
    /// <param name="stop">Gives the waiting up.</param>
    /// <exception cref="StartException">The member cannot be one of them, or the other store refuses it.</exception>
    public static async Task<InitialCluster> FindAsync(
        StoreSettings settings, DiscoverySettings.Registry registry, Func<string, Task> tellAsync, CancellationToken stop)
    {
        if (settings.JoinsExisting)
        {
            throw new StartException(
                "discovery URL should not be set when joining existing initial cluster. Name the members of the cluster "
                + "with --initial-cluster instead of --discovery-token and --discovery-endpoints.");
        }

        using var client = Connect(registry.Store);
        var registration = new Registration(
            client, new RegistryKeys(registry.Token), settings.Cluster, settings.Name, tellAsync);
        return await registration.WaitAsync(stop);
    }

    private static EtcdClient Connect(EtcdClientOptions store)
    {
        try
        {
            return new EtcdClient(store);
        }
        catch (Exception fault) when (fault is FormatException or IOException)
        {
            throw new StartException($"The store of --discovery-endpoints cannot be asked: {fault.Message}", fault);
        }
    }

    private async Task<InitialCluster> WaitAsync(CancellationToken stop)
    {
        RegistryState? told = null;
        await foreach (var update in client.Mirror([KeyRange.Prefix(keys.All)]).FollowAsync(stop))
        {
            if (update is MirrorUpdate.Lost lost)
            {
                await TakeFailureAsync(lost.Error, lost.RetryIn);
            }

            var pairs = PairsOf(update);
            switch (pairs is null ? null : RegistryState.Read(keys, _key, own.Text, [.. pairs.Values]))
            {
                case RegistryState.Open when _registeredAt is { } revision:
                    RequireOwn(pairs?.GetValueOrDefault(ByteString.CopyFromUtf8(_key)), revision);
                    break;
                case RegistryState.Open:
                    await RegisterAsync(stop);
                    break;
                case RegistryState.Waiting waiting when waiting != told:
                    told = waiting;
                    await tellAsync(
                        $"discovery: {waiting.Registered} of {waiting.Size} members have registered; waiting for the rest.");
                    break;
                case RegistryState.Complete complete:
                    return complete.Cluster;
                default:
                    break;
            }
        }

        throw new InvalidOperationException("A mirror does not end by itself.");
    }

    private static ImmutableSortedDictionary<ByteString, StoredPair>? PairsOf(MirrorUpdate update) => update switch
    {
        MirrorUpdate.Snapshot snapshot => snapshot.Keys.Pairs,
        MirrorUpdate.Change change => change.Keys.Pairs,
        MirrorUpdate.Relisted relisted => relisted.Keys.Pairs,
        _ => null,
    };

    // What was written before the own put may still be on its way here.
    private static void RequireOwn(StoredPair? registered, long revision)
    {
        if (registered?.ModRevision > revision)
        {
            throw new StartException(
                $"discovery: another member has the peer URLs of this one, and registered as {registered.ValueText}; give each "
                + "--initial-advertise-peer-urls of its own.");
        }
    }

    // Twice is as good as once: the key keeps the place that the first put gave it.
    private async Task RegisterAsync(CancellationToken stop)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                _registeredAt = await client.PutAsync(_key, own.Text, cancellation: stop);
                return;
            }
            catch (RpcException failure)
            {
                var wait = Backoff.After(failures, Waits, Random.Shared.NextDouble());
                await TakeFailureAsync(failure, wait);
                await Task.Delay(wait, stop);
            }
        }
    }

    // Who is refused once is refused again; but a token that is too old is renewed.
    private async Task TakeFailureAsync(RpcException failure, TimeSpan wait)
    {
        var reason = (failure.Status.DebugException?.GetBaseException().Message ?? failure.Status.Detail).TrimEnd('.');
        if (failure.StatusCode is StatusCode.InvalidArgument or StatusCode.PermissionDenied or StatusCode.Unauthenticated
            && !EtcdErrors.IsTokenRefused(failure))
        {
            throw new StartException(
                $"discovery: the store at {client.Endpoint} refuses this member: {reason}. Let the user of --discovery-user "
                + $"read and write the keys that begin with {keys.All}.",
                failure);
        }

        var seconds = wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        await tellAsync(
            $"discovery: the store at {client.Endpoint} did not answer: {reason}. It is asked again in {seconds} s.");
    }
}
