using System.Collections.Concurrent;

namespace Sync.Metad.Listening;

/// <summary>Counts the connections of one API, in total and of each peer, and lets no more in than there may be.</summary>
internal sealed class ConnectionGate
{
    private readonly ConcurrentDictionary<string, int> _byPeer = new(StringComparer.Ordinal);
    private readonly int _most;
    private readonly int _mostOfPeer;
    private int _count;

    /// <summary>Creates an open gate.</summary>
    /// <param name="most">The most connections, from 1.</param>
    /// <param name="mostOfPeer">The most of one peer; 0 is without limit.</param>
    public ConnectionGate(int most, int mostOfPeer)
    {
        _most = most;
        _mostOfPeer = mostOfPeer;
    }

    /// <summary>Takes a connection in.</summary>
    /// <param name="peer">Whom it is counted for; null counts it for nobody.</param>
    /// <returns>False when there is no room; else it leaves by <see cref="Leave"/>.</returns>
    public bool TryEnter(string? peer)
    {
        if (Interlocked.Increment(ref _count) > _most)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }

        if (_mostOfPeer == 0 || peer is null
            || _byPeer.AddOrUpdate(peer, 1, static (_, count) => count + 1) <= _mostOfPeer)
        {
            return true;
        }

        Leave(peer);
        return false;
    }

    /// <summary>Lets a connection go.</summary>
    /// <param name="peer">As it was taken in.</param>
    public void Leave(string? peer)
    {
        Interlocked.Decrement(ref _count);
        if (_mostOfPeer > 0 && peer is not null
            && _byPeer.AddOrUpdate(peer, 0, static (_, count) => count - 1) == 0)
        {
            // Only removes the entry while it is still zero: another connection may have come meanwhile.
            _byPeer.TryRemove(new(peer, 0));
        }
    }
}
