using System.Net;
using System.Net.Sockets;

namespace Sync.TestKit;

/// <summary>Ports on loopback that nothing listens on, and that no other test process is given.</summary>
/// <remarks>
/// They lie below those that the kernel gives to outgoing connections, which thousands of connections of other tests
/// would take before the program under test does. Each test process has blocks of its own: it listens on the first
/// port of a block as long as it lives, so that a port stays its own also while the program on it is started again.
/// </remarks>
public static class FreePort
{
    /// <summary>The first port of the first block.</summary>
    public const int First = 10_240;

    /// <summary>How many ports a block has, its claim among them.</summary>
    public const int BlockSize = 256;

    // The last one ends at 32,767.
    private const int Blocks = 88;

    private static readonly Lock Turn = new();
    private static readonly List<Socket> Claims = [];
    private static int _next;
    private static int _end;

    /// <summary>Several ports that differ from each other and from all that were taken before.</summary>
    /// <param name="count">How many ports, 1 to 100.</param>
    /// <exception cref="InvalidOperationException">Other test processes have claimed every block.</exception>
    public static IReadOnlyList<int> Take(int count)
    {
        lock (Turn)
        {
            return [.. Candidates().Where(IsFree).Take(count)];
        }
    }

    /// <summary>One free port.</summary>
    /// <exception cref="InvalidOperationException">Other test processes have claimed every block.</exception>
    public static int Take() => Take(1)[0];

    private static IEnumerable<int> Candidates()
    {
        while (true)
        {
            if (_next == _end)
            {
                var claimed = ClaimBlock();
                (_next, _end) = (claimed + 1, claimed + BlockSize);
            }

            yield return _next++;
        }
    }

    // Processes begin somewhere else each, so that few of them meet.
    private static int ClaimBlock()
    {
        var begin = Random.Shared.Next(Blocks);
        for (var number = 0; number < Blocks; number++)
        {
            var first = First + ((begin + number) % Blocks * BlockSize);
            if (TryListen(first) is { } claim)
            {
                Claims.Add(claim);
                return first;
            }
        }

        throw new InvalidOperationException(
            $"None of the {Blocks} blocks of {BlockSize} ports from {First} on is free. Which processes listen there?");
    }

    // Two sockets may be bound to one port, but only one may listen on it.
    private static Socket? TryListen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(backlog: 1);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
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
