using System.Collections.Concurrent;
using Sync.Metad.Options;

namespace Sync.Metad.Watching;

/// <summary>The requests that wait, kept apart from the data: waiting changes nothing that others see.</summary>
/// <remarks>
/// A request enters first and compares then, so a change between its first look and its entry is not missed. One
/// loop compares all who wait with the newest snapshot; under steady writes it skips revisions, never waiters. Of those
/// who see the same one is compared for all.
/// </remarks>
internal sealed class WaitingRoom : BackgroundService
{
    private readonly ConcurrentDictionary<Waiter, byte> _waiters = new();
    private readonly ConcurrentDictionary<string, int> _byAccount = new(StringComparer.Ordinal);
    private readonly SnapshotFeed _feed;

    private int _waitersMax;
    private int _waitersPerClientMax;
    private int _count;

    /// <summary>Creates an empty room.</summary>
    public WaitingRoom(SnapshotFeed feed, MetadOptions options)
    {
        _feed = feed;
        Renew(options);
    }

    /// <summary>How many requests wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Reads the limits anew; who waits already stays.</summary>
    /// <param name="options">The settings of now.</param>
    public void Renew(MetadOptions options)
    {
        Volatile.Write(ref _waitersMax, options.WaitersMax);
        Volatile.Write(ref _waitersPerClientMax, options.WaitersPerClientMax);
    }

    /// <summary>Takes a request in.</summary>
    /// <param name="waiter">The request; it leaves by <see cref="Leave"/>.</param>
    /// <returns>False when the room, or the caller's share of it, is full.</returns>
    public bool TryEnter(Waiter waiter)
    {
        if (Interlocked.Increment(ref _count) > _waitersMax)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        if (_byAccount.AddOrUpdate(waiter.Account, 1, static (_, count) => count + 1) > _waitersPerClientMax)
        {
            LeaveShare(waiter.Account);
            return false;
        }

        _waiters.TryAdd(waiter, 0);
        waiter.Compare(_feed.Current);
        return true;
    }

    /// <summary>Lets a request go, woken or not.</summary>
    /// <param name="waiter">A request that was taken in.</param>
    public void Leave(Waiter waiter)
    {
        if (_waiters.TryRemove(waiter, out _))
        {
            LeaveShare(waiter.Account);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var compared = -1L;
        while (true)
        {
            // A state that tells of the backend alone shows everybody what the one before did.
            var state = _feed.Current;
            if (state.Sequence != compared)
            {
                CompareAll(state);
                compared = state.Sequence;
            }

            await state.Superseded.WaitAsync(stoppingToken);
        }
    }

    private void CompareAll(FeedState state)
    {
        var round = new WaitingRound(state);
        foreach (var (waiter, _) in _waiters)
        {
            waiter.Compare(round);
        }
    }

    private void LeaveShare(string account)
    {
        Interlocked.Decrement(ref _count);
        if (_byAccount.AddOrUpdate(account, 0, static (_, count) => count - 1) == 0)
        {
            // Only removes the entry while it is still zero: another request may have entered meanwhile.
            _byAccount.TryRemove(new(account, 0));
        }
    }
}
