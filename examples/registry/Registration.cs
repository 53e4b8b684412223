using Grpc.Core;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Leases;

namespace Sync.Registry;

/// <summary>A key that is in the store for as long as its owner lives, and two seconds longer.</summary>
/// <remarks>The few lines that a service needs: a lease, a put under it, and both again should the lease end.</remarks>
internal sealed class Registration(EtcdClient client, string key, string value) : IAsyncDisposable
{
    private static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private KeptLease? _lease;

    /// <summary>Registers, and again whenever the lease was lost, until it is told to stop.</summary>
    public async Task StayAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _lease = await client.HoldLeaseAsync(TimeToLive, stop);
                await client.PutAsync(key, value, _lease.Id, stop);
                await _lease.Ended.WaitAsync(stop);
            }
            catch (RpcException)
            {
                // The store is away; the service serves on and comes back with it.
                await Task.Delay(RetryPause, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>Takes the key back at once.</summary>
    public async Task LeaveAsync()
    {
        if (_lease is not null)
        {
            await _lease.RevokeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            await _lease.DisposeAsync();
        }
    }
}
