using System.Collections.Concurrent;
using Sync.Store.Rpc;

namespace Sync.Store.Hosting;

/// <summary>
/// Threads for reads that take long: ranges over many keys, hashes of the whole history. The pool's threads carry the
/// heartbeats, and must not all wait for the disk.
/// </summary>
/// <param name="lifetime">Says when the server stops; reads end then.</param>
/// <param name="failStop">Hears of what should not happen.</param>
internal sealed class ReadThreads(IHostApplicationLifetime lifetime, FailStop failStop) : BackgroundService
{
    private const int WaitingRangesMax = 256;
    private const int WaitingHashesMax = 16;

    private readonly BlockingCollection<Action> _ranges = new(WaitingRangesMax);
    private readonly BlockingCollection<Action> _hashes = new(WaitingHashesMax);

    /// <summary>Reads a range.</summary>
    /// <typeparam name="T">What is read.</typeparam>
    /// <param name="read">The read; it ends when its token fires.</param>
    /// <param name="ended">Ends it.</param>
    /// <exception cref="Grpc.Core.RpcException">Too many wait already, or the server stops.</exception>
    public Task<T> RangeAsync<T>(Func<CancellationToken, T> read, CancellationToken ended) =>
        RunAsync(_ranges, read, ended);

    /// <summary>Hashes, one at a time.</summary>
    /// <inheritdoc cref="RangeAsync"/>
    public Task<T> HashAsync<T>(Func<CancellationToken, T> read, CancellationToken ended) =>
        RunAsync(_hashes, read, ended);

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _ranges.Dispose();
        _hashes.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = stoppingToken.Register(() =>
        {
            _ranges.CompleteAdding();
            _hashes.CompleteAdding();
        });
        await Task.WhenAll(Enumerable.Range(0, 2 * Environment.ProcessorCount)
            .Select(_ => OwnThread.RunAsync("range", () => Run(_ranges), failStop))
            .Append(OwnThread.RunAsync("hash", () => Run(_hashes), failStop)));
    }

    private static void Run(BlockingCollection<Action> waiting)
    {
        foreach (var read in waiting.GetConsumingEnumerable())
        {
            read();
        }
    }

    private async Task<T> RunAsync<T>(
        BlockingCollection<Action> waiting, Func<CancellationToken, T> read, CancellationToken ended)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ended, lifetime.ApplicationStopping);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(waiting, () => Complete(done, read, end.Token));
        try
        {
            return await done.Task;
        }
        catch (OperationCanceledException) when (!ended.IsCancellationRequested)
        {
            throw RpcErrors.Stopped;
        }
    }

    private static void Post(BlockingCollection<Action> waiting, Action read)
    {
        try
        {
            if (!waiting.TryAdd(read))
            {
                throw RpcErrors.TooManyRequests;
            }
        }
        catch (InvalidOperationException)
        {
            // Nothing is taken any more.
            throw RpcErrors.Stopped;
        }
    }

    private static void Complete<T>(
        TaskCompletionSource<T> done, Func<CancellationToken, T> read, CancellationToken ended)
    {
        try
        {
            ended.ThrowIfCancellationRequested();
            done.SetResult(read(ended));
        }
#pragma warning disable CA1031 // The edge of the thread: whoever waits for the read hears of its failure.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            done.SetException(failure);
        }
    }
}
