using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Connections;

namespace Sync.Etcd.Client.Leases;

/// <summary>
/// A lease that its owner holds: renewed in the background three times in its time to live, over store
/// restarts and outages, until it is revoked, released or lost.
/// </summary>
public sealed class KeptLease : IAsyncDisposable
{
    private readonly StoreAccess _access;
    private readonly Lease.LeaseClient _leases;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;
    private readonly TaskCompletionSource<LeaseEnd> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // When the last renewal that was answered had been asked for: the lease lives its whole time from then.
    private long _renewedAt;

    internal KeptLease(StoreAccess access, Lease.LeaseClient leases, LeaseGrantResponse granted)
    {
        _access = access;
        _leases = leases;
        Id = granted.ID;
        Ttl = TimeSpan.FromSeconds(granted.TTL);
        _renewedAt = access.Time.GetTimestamp();
        _renewing = RenewAsync(_stop.Token);
    }

    /// <summary>The lease's number, for puts.</summary>
    public long Id { get; }

    /// <summary>How long the lease outlives its owner, as granted.</summary>
    public TimeSpan Ttl { get; }

    /// <summary>Completes when the lease ends, with how it did. Never fails.</summary>
    public Task<LeaseEnd> Ended => _ended.Task;

    private TimeSpan Pause => Ttl / 3;

    private TimeSpan Left => Ttl - _access.Time.GetElapsedTime(_renewedAt);

    /// <summary>Ends the lease now; its keys go in one revision.</summary>
    /// <exception cref="RpcException">The store did not answer; the lease then runs out by itself.</exception>
    public async Task RevokeAsync(CancellationToken cancellation = default)
    {
        await StopAsync().ConfigureAwait(false);
        try
        {
            await _leases.LeaseRevokeAsync(new LeaseRevokeRequest { ID = Id }, cancellationToken: cancellation)
                .ConfigureAwait(false);
            _ended.TrySetResult(LeaseEnd.Revoked);
        }
        catch (RpcException error) when (EtcdErrors.IsLeaseNotFound(error))
        {
            _ended.TrySetResult(LeaseEnd.Gone);
        }
    }

    /// <summary>Stops renewing the lease; it runs out by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _ended.TrySetResult(LeaseEnd.Released);
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        var failures = 0;
        while (Left > TimeSpan.Zero)
        {
            var connection = _access.Ring.Current;
            try
            {
                await _access.SignIn.EnsureAsync(stop).ConfigureAwait(false);
                using var stream = new Lease.LeaseClient(new EndpointInvoker(_access, connection))
                    .LeaseKeepAlive(StoreAccess.WithLeader(stop));
                while (await RenewOnceAsync(stream, stop).ConfigureAwait(false))
                {
                    failures = 0;
                    await Task.Delay(Pause, _access.Time, stop).ConfigureAwait(false);
                }

                _ended.TrySetResult(LeaseEnd.Gone);
                return;
            }
            catch (Exception error) when (IsOutage(error) && !stop.IsCancellationRequested)
            {
                failures++;
                _access.Ring.MoveOnFrom(connection);
                var wait = _access.WaitAfter(failures);
                await Task.Delay(wait < Left ? wait : Positive(Left), _access.Time, stop).ConfigureAwait(false);
            }
        }

        _ended.TrySetResult(LeaseEnd.Unreachable);
    }

    // False when the store no longer knows the lease.
    private async Task<bool> RenewOnceAsync(
        AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream, CancellationToken stop)
    {
        var askedAt = _access.Time.GetTimestamp();
        await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = Id }, stop).ConfigureAwait(false);
        var isAnswered = await stream.ResponseStream.MoveNext(stop)
            .WaitAsync(Pause, _access.Time, stop).ConfigureAwait(false);
        if (!isAnswered)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The store closed the stream of renewals."));
        }

        _renewedAt = askedAt;
        return stream.ResponseStream.Current.TTL > 0;
    }

    // A write to a stream that broke fails in several ways, not only as a call does.
    private static bool IsOutage(Exception error) => error is RpcException or TimeoutException
        or InvalidOperationException or OperationCanceledException or IOException or HttpRequestException;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;
}
