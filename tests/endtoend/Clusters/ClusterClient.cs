using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>Calls single members of a cluster, without retries of its own.</summary>
internal sealed class ClusterClient : IDisposable
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly GrpcChannel[] _channels;

    /// <summary>A client of the given members.</summary>
    public ClusterClient(IEnumerable<StoreServer> members)
        : this(members.Select(member => member.ClientUrl))
    {
    }

    /// <summary>A client of the members at the given addresses.</summary>
    public ClusterClient(IEnumerable<Uri> clientUrls) => _channels =
        [.. clientUrls.Select(url => GrpcChannel.ForAddress(url, new GrpcChannelOptions
        {
            // A member that was killed and is back must be found at once.
            InitialReconnectBackoff = TimeSpan.FromMilliseconds(20),
            MaxReconnectBackoff = TimeSpan.FromMilliseconds(20),
        }))];

    /// <summary>How many members it calls.</summary>
    public int Count => _channels.Length;

    /// <summary>The KV service of a member.</summary>
    public KV.KVClient Kv(int member) => new(_channels[member]);

    /// <summary>The Watch service of a member.</summary>
    public Watch.WatchClient Watch(int member) => new(_channels[member]);

    /// <summary>The Lease service of a member.</summary>
    public Lease.LeaseClient Lease(int member) => new(_channels[member]);

    /// <summary>The Maintenance service of a member.</summary>
    public Maintenance.MaintenanceClient Maintenance(int member) => new(_channels[member]);

    /// <summary>Which member leads, as the members tell it.</summary>
    public async Task<int> FindLeaderAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (true)
        {
            for (var member = 0; member < Count; member++)
            {
                if (await IsLeaderAsync(member, cancellationToken))
                {
                    return member;
                }
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Makes a member the leader, if another one is.</summary>
    public async Task LeadAsync(int member, CancellationToken cancellationToken)
    {
        var successor = await Maintenance(member).StatusAsync(new StatusRequest(), cancellationToken: cancellationToken);
        while (await FindLeaderAsync(cancellationToken) is var leader && leader != member)
        {
            try
            {
                await Maintenance(leader).MoveLeaderAsync(
                    new MoveLeaderRequest { TargetID = successor.Header.MemberId }, cancellationToken: cancellationToken);
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested)
            {
                // On a busy machine it takes too long, or another one was elected meanwhile.
            }
        }
    }

    /// <summary>Puts a key at one member.</summary>
    public async Task PutAsync(int member, string key, string value, TimeSpan limit) =>
        await Kv(member).PutAsync(
            new PutRequest { Key = ByteString.CopyFromUtf8(key), Value = ByteString.CopyFromUtf8(value) },
            deadline: DateTime.UtcNow + limit);

    /// <summary>The value of a key at one member, by a linearizable read unless told otherwise; null without one.</summary>
    public async Task<string?> GetAsync(int member, string key, TimeSpan limit, bool isSerializable = false)
    {
        var response = await Kv(member).RangeAsync(
            new RangeRequest { Key = ByteString.CopyFromUtf8(key), Serializable = isSerializable },
            deadline: DateTime.UtcNow + limit);
        return response.Kvs.SingleOrDefault()?.Value.ToStringUtf8();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels)
        {
            channel.Dispose();
        }
    }

    private async Task<bool> IsLeaderAsync(int member, CancellationToken cancellationToken)
    {
        try
        {
            var status = await Maintenance(member).StatusAsync(
                new StatusRequest(), deadline: DateTime.UtcNow.AddSeconds(5), cancellationToken: cancellationToken);
            return status.Leader == status.Header.MemberId;
        }
        catch (RpcException away) when (away.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded
            or StatusCode.Internal or StatusCode.Cancelled)
        {
            return false;
        }
    }
}
