using System.Net;
using System.Net.Sockets;

namespace Sync.TestKit;

/// <summary>Ports on loopback that nothing listens on.</summary>
public static class FreePort
{
    /// <summary>Asks the kernel for several ports at once, so that they differ from each other.</summary>
    /// <param name="count">How many ports, 1 to 100.</param>
    public static IReadOnlyList<int> Take(int count)
    {
        var sockets = new List<Socket>();
        try
        {
            for (var taken = 0; taken < count; taken++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            }

            return [.. sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port)];
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>One free port.</summary>
    public static int Take() => Take(1)[0];
}
