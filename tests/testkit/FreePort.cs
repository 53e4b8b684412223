using System.Net;
using System.Net.Sockets;

namespace Sync.TestKit;

/// <summary>Ports on loopback that nothing listens on.</summary>
/// <remarks>
/// They lie below those that the kernel gives to outgoing connections, which thousands of connections of other tests
/// would take before the program under test does. Each test process begins somewhere else and takes no port twice.
/// </remarks>
public static class FreePort
{
    private const int First = 10_240;
    private const int Last = 32_767;

    private static int _next = Random.Shared.Next();

    /// <summary>Several ports that differ from each other.</summary>
    /// <param name="count">How many ports, 1 to 100.</param>
    public static IReadOnlyList<int> Take(int count) => [.. Candidates().Where(IsFree).Take(count)];

    /// <summary>One free port.</summary>
    public static int Take() => Take(1)[0];

    private static IEnumerable<int> Candidates()
    {
        while (true)
        {
            yield return First + (int)((uint)Interlocked.Increment(ref _next) % (Last - First + 1));
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
