using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Clients;

/// <summary>The process that connected to a Unix socket, as the kernel knows it.</summary>
/// <param name="User">The number of its effective user when it connected.</param>
/// <param name="Process">Its number; 0 when this program cannot see it.</param>
/// <param name="Identity">Its names: process, container, control group and user, as far as they are certain.</param>
/// <remarks>Source: unix(7), <c>SO_PEERCRED</c>; socket(7), <c>SO_PEERPIDFD</c> since Linux 6.5.</remarks>
internal sealed record UnixPeer(uint User, int Process, ClientIdentity Identity)
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int PeerProcess = 77;

    /// <summary>Asks the kernel.</summary>
    /// <param name="socket">An accepted Unix socket.</param>
    /// <param name="processes">Where processes are looked up.</param>
    public static UnixPeer Of(Socket socket, ProcessTable processes)
    {
        Span<byte> answer = stackalloc byte[12];
        socket.GetRawSocketOption(SocketLevel, PeerCredentials, answer);
        var credentials = MemoryMarshal.Cast<byte, int>(answer);
        var (process, user) = (credentials[0], (uint)credentials[1]);
        return new(user, process, new(null, [.. NamesOf(socket, process, processes), ClientName.OfUser(user)]));
    }

    // Only what was read while the number was certainly still that process's counts.
    private static List<ClientName> NamesOf(Socket socket, int process, ProcessTable processes)
    {
        using var pinned = Pin(socket, out var isGone);
        var start = processes.StartOf(process);
        var group = processes.ControlGroupOf(process);
        var isSame = pinned is null
            ? !isGone && processes.StartOf(process) == start
            : ProcessTable.ProcessBehind(pinned) == process;
        if (process <= 0 || start is null || !isSame)
        {
            return [];
        }

        var names = new List<ClientName> { ClientName.OfProcess(process, start.Value) };
        if (group is not null)
        {
            if (ControlGroup.ContainerOf(group) is { } container)
            {
                names.Add(ClientName.OfContainer(container));
            }

            names.Add(ClientName.OfControlGroup(group));
        }

        return names;
    }

    // Null where the kernel is older and has no such descriptors, or the process is gone already.
    private static SafeFileHandle? Pin(Socket socket, out bool isGone)
    {
        Span<byte> answer = stackalloc byte[4];
        try
        {
            socket.GetRawSocketOption(SocketLevel, PeerProcess, answer);
            isGone = false;
            return new(MemoryMarshal.Read<int>(answer), ownsHandle: true);
        }
        catch (SocketException exception)
        {
            isGone = exception.SocketErrorCode != SocketError.ProtocolOption;
            return null;
        }
    }
}
