using System.Net.Sockets;
using Sync.Posix;

namespace Sync.Metad.Listening;

/// <summary>The file of a Unix socket that this program listens at.</summary>
internal static class UnixSocketFile
{
    /// <summary>Makes room for a socket: a file that a program left behind is removed, one that is in use is not.</summary>
    /// <param name="path">The socket's path.</param>
    /// <exception cref="IOException">The path is in use, or is no socket.</exception>
    public static void MakeRoom(string path)
    {
        if (FileStatus.Of(path) is not { } status)
        {
            return;
        }

        if (status.Kind != FileKind.Other)
        {
            throw new IOException($"{path} exists and is no socket.");
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException exception)
        {
            throw new IOException($"{path} cannot be listened at: {exception.Message}", exception);
        }

        throw new IOException($"{path}: address already in use");
    }

    /// <summary>Says who may connect; until then nobody but the program's own user may.</summary>
    /// <param name="path">The socket's path.</param>
    /// <param name="isForEverybody">States that the kernel's word about the caller decides, not the file's rights.</param>
    public static void Open(string path, bool isForEverybody)
    {
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode Others =
            UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(path, isForEverybody ? Own | Others : Own);
        }
    }
}
