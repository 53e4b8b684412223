using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sync.EndToEnd.Tests.Nginx;

/// <summary>A small HTTP service that answers every request with its name.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;
    private readonly Task _answering;

    /// <summary>Starts it on a free port of loopback.</summary>
    public Upstream(string name)
    {
        _answer = Encoding.ASCII.GetBytes(
            $"HTTP/1.0 200 OK\r\nContent-Length: {name.Length}\r\nConnection: close\r\n\r\n{name}");
        _listener.Start();
        Address = _listener.LocalEndpoint.ToString() ?? "";
        _answering = AnswerAsync();
    }

    /// <summary>Host and port.</summary>
    public string Address { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over; the listener was stopped during a call, or before it.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        try
        {
            // A request of the test fits one packet, and its end is an empty line.
            var request = new byte[4096];
            await stream.ReadAtLeastAsync(request, minimumBytes: 1, throwOnEndOfStream: false);
            await stream.WriteAsync(_answer);
        }
        catch (IOException)
        {
            // nginx left before the answer, as a worker does that is told to end.
        }
    }
}
