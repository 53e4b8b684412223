using Microsoft.AspNetCore.Connections;
using Sync.Raft;

namespace Sync.Store.Http;

/// <summary>A connection of the peer port: the mark by which each port answers its own paths only, and who is at its other end.</summary>
internal sealed class PeerPort
{
    private PeerPort()
    {
    }

    /// <summary>The member that has introduced itself on the connection and is welcome; none before.</summary>
    public MemberId Caller { get; set; } = MemberId.None;

    /// <summary>The connection middleware of the port.</summary>
    public static ConnectionDelegate MarkConnection(ConnectionDelegate next) => connection =>
    {
        connection.Features.Set(new PeerPort());
        return next(connection);
    };

    /// <summary>Whether a request came in by the peer port.</summary>
    public static bool Received(HttpContext http) => Of(http) is not null;

    /// <summary>The connection of a request; null when it came in by another port.</summary>
    public static PeerPort? Of(HttpContext http) => http.Features.Get<PeerPort>();
}
