using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sync.Metad.Tests.Load;

/// <summary>Many callers, each at an address of its own, that wait over sockets of their own.</summary>
internal sealed class WaiterCrowd : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>The address of a caller: loopback has sixteen million.</summary>
    public static IPAddress AddressOf(int number) =>
        new([127, (byte)(1 + (number / 62_500)), (byte)(number / 250 % 250), (byte)(1 + (number % 250))]);

    /// <summary>Connects a caller and sends its request.</summary>
    public async Task AddAsync(int number, int port, string target, CancellationToken limit)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(AddressOf(number), 0));
        await socket.ConnectAsync(IPAddress.Loopback, port, limit);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"), limit);
    }

    /// <summary>A caller leaves without a word.</summary>
    public void Drop(int number) => _sockets[number].Dispose();

    /// <summary>Reads a caller's answer, after which its connection stays, as that of a caller who will wait again.</summary>
    /// <returns>The answer and the <see cref="Stopwatch"/> time of its first byte.</returns>
    public async Task<(string Answer, long At)> ReceiveAsync(int number, CancellationToken limit)
    {
        var buffer = new byte[2048];
        var length = await _sockets[number].ReceiveAsync(buffer, limit);
        var at = Stopwatch.GetTimestamp();
        while (length < buffer.Length && !IsWhole(buffer.AsSpan(0, length))
            && await _sockets[number].ReceiveAsync(buffer.AsMemory(length), limit) is > 0 and var more)
        {
            length += more;
        }

        return (Encoding.ASCII.GetString(buffer, 0, length), at);
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var body = answer.IndexOf("\r\n\r\n"u8) + 4;
        var said = answer.IndexOf("Content-Length: "u8) + 16;
        return body > 4 && said > 16 && Utf8Parser.TryParse(answer[said..], out int bytes, out _) && answer.Length - body == bytes;
    }
}
