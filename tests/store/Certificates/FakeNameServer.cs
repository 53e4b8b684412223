using System.Net;
using System.Net.Sockets;

namespace Sync.Store.Tests.Certificates;

/// <summary>A name server on loopback that gives every address the same names.</summary>
/// <remarks>Source: RFC 1035, section 4: the format of messages.</remarks>
internal sealed class FakeNameServer : IAsyncDisposable
{
    private const int HeaderBytes = 12;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _loop;

    public FakeNameServer(params IReadOnlyList<string> names) => _loop = RunAsync(names);

    public IPEndPoint EndPoint => _socket.Client.LocalEndPoint as IPEndPoint
        ?? throw new InvalidOperationException("The socket is not bound.");

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _loop;
    }

    private async Task RunAsync(IReadOnlyList<string> names)
    {
        try
        {
            while (true)
            {
                var asked = await _socket.ReceiveAsync();
                await _socket.SendAsync(Answer(asked.Buffer, names), asked.RemoteEndPoint);
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private static byte[] Answer(byte[] question, IReadOnlyList<string> names)
    {
        // The question ends with an empty label, its type and its class; what may follow is not sent back.
        var questionEnd = Array.IndexOf(question, (byte)0, HeaderBytes) + 5;
        byte[] header = [question[0], question[1], 0x81, 0x80, 0, 1, 0, (byte)names.Count, 0, 0, 0, 0];

        // Each answer: the name of the question by its place, type PTR, class IN, 60 s, and a name.
        return
        [
            .. header, .. question[HeaderBytes..questionEnd],
            .. names.Select(Labels).SelectMany(name =>
                (byte[])[0xC0, HeaderBytes, 0, 12, 0, 1, 0, 0, 0, 60, 0, (byte)name.Length, .. name]),
        ];
    }

    private static byte[] Labels(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. label.Select(letter => (byte)letter)]), 0];
}
