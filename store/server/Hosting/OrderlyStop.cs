using Sync.Raft.Roles;
using Sync.Store.Options;
using Sync.Store.Replication;

namespace Sync.Store.Hosting;

/// <summary>
/// What a member does before it stops: it hands leadership to another one, so that the cluster need not miss it first,
/// answers what it was asked while it still hears the others, and lets the streams of clients come to their end.
/// </summary>
/// <remarks>
/// It is done before any loop or port is stopped. Source: etcd, server/etcdserver/server.go,
/// TryTransferLeadershipOnShutdown.
/// </remarks>
internal sealed partial class OrderlyStop(
    Inbox<MemberRequest> inbox,
    PublishedState published,
    StreamLifetime streams,
    FailStop failStop,
    StoreSettings settings,
    TimeProvider time,
    ILogger<OrderlyStop> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan StreamsTimeMax = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _over = new();

    /// <summary>Fires when the member stops and need not hear the others any more.</summary>
    public CancellationToken Over => _over.Token;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!failStop.HasFailed)
        {
            if (published.Status is { Role: RoleKind.Leader, ServesReadsAlone: false })
            {
                await HandOverAsync(cancellationToken);
            }

            await AnswerLastAsync(cancellationToken);
        }

        await streams.EndAsync(StreamsTimeMax, time);
        await _over.CancelAsync();
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _over.Dispose();

    private async Task AnswerLastAsync(CancellationToken cancellationToken)
    {
        var last = new MemberRequest.LastAnswers();
        if (inbox.TryPost(last))
        {
            // However it ends, the stop goes on.
            Task over = last.Task.WaitAsync(2 * settings.ElectionTimeout, time, cancellationToken);
            await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task HandOverAsync(CancellationToken cancellationToken)
    {
        var transfer = new MemberRequest.LeadershipTransfer(successor: null);
        if (!inbox.TryPost(transfer))
        {
            return;
        }

        try
        {
            var result = await transfer.Task.WaitAsync(2 * settings.ElectionTimeout, time, cancellationToken);
            Log.HandedOver(logger, result, published.Status.Leader.Value);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException or RequestFailedException)
        {
            Log.NotHandedOver(logger);
        }
    }
}
