namespace Sync.Etcd.Client.Connections;

/// <summary>
/// The endpoints of a store, one of which is in use by everybody; when it fails, the next takes its place.
/// </summary>
internal sealed class EndpointRing : IDisposable
{
    private readonly EndpointConnection[] _connections;

    // Only ever rises; the endpoint in use is this number modulo their count.
    private int _turns;

    public EndpointRing(EtcdClientOptions options)
    {
        if (options.Endpoints.Count == 0)
        {
            throw new ArgumentException("No endpoint is given. Name at least one host:port.", nameof(options));
        }

        var addresses = options.Endpoints.Select(text => EndpointAddress.Parse(text, options.DefaultScheme)).ToList();
        _connections = [.. addresses.Select(address => new EndpointConnection(address, options))];
    }

    /// <summary>How many endpoints there are.</summary>
    public int Count => _connections.Length;

    /// <summary>The endpoint in use.</summary>
    public EndpointConnection Current => At(Volatile.Read(ref _turns));

    /// <summary>
    /// Moves on from <paramref name="failed"/>. Does nothing when another caller already did.
    /// </summary>
    public void MoveOnFrom(EndpointConnection failed)
    {
        var turns = Volatile.Read(ref _turns);
        if (At(turns) == failed)
        {
            Interlocked.CompareExchange(ref _turns, turns + 1, turns);
        }
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private EndpointConnection At(int turns) => _connections[(int)((uint)turns % (uint)_connections.Length)];
}
