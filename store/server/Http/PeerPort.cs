using Microsoft.AspNetCore.Connections;

namespace Sync.Store.Http;

/// <summary>Marks connections of the peer port, so that each port answers its own paths only.</summary>
internal sealed class PeerPort
{
    private static readonly PeerPort Mark = new();

    private PeerPort()
    {
    }

    /// <summary>The connection middleware of the port.</summary>
    public static ConnectionDelegate MarkConnection(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(Mark);
        return next(connection);
    };

    /// <summary>Whether a request came in by the peer port.</summary>
    public static bool Received(HttpContext http) => http.Features.Get<PeerPort>() is not null;
}
