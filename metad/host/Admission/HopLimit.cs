using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Sync.Metad.Admission;

/// <summary>Bounds how far the packets of a connection go.</summary>
internal static class HopLimit
{
    /// <summary>Sets it for all that is sent from now on; the connection ends with the answer, so that this is all.</summary>
    /// <param name="context">The request.</param>
    /// <param name="hops">The IP time to live; at 1 no router passes a packet on.</param>
    public static void Apply(HttpContext context, int hops)
    {
        context.Response.Headers.Connection = "close";
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return;
        }

        if (socket.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.IpTimeToLive, hops);
        }

        // An IPv6 socket that an IPv4 caller connected to has both.
        if (socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)
        {
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.IpTimeToLive, hops);
        }
    }
}
