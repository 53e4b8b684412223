using System.Net.Sockets;

namespace Sync.Metad.Containers;

/// <summary>HTTP over a Unix socket.</summary>
internal static class UnixHttp
{
    /// <summary>A handler that connects there whatever the address of a request says.</summary>
    /// <param name="socketPath">The socket.</param>
    public static SocketsHttpHandler NewHandler(string socketPath) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
