using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Sync.Benchmarks.Metadata;

/// <summary>One kept connection that sends prepared requests and reads whole answers, with as little work as can be.</summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] LengthName = "Content-Length: "u8.ToArray();

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[64 * 1024];
    private int _length;

    /// <summary>Connects to a port of loopback.</summary>
    /// <param name="port">The port.</param>
    public HttpConnection(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <summary>A request as it travels.</summary>
    /// <param name="method">The verb.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="accept">The value of <c>Accept</c>.</param>
    /// <param name="body">The body; empty for none.</param>
    public static byte[] Request(string method, string target, string accept = "*/*", string body = "") => Encoding.UTF8.GetBytes(
        $"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
        + (method == "GET" ? "" : $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n") + $"\r\n{body}");

    /// <summary>Sends a request and reads its answer.</summary>
    /// <param name="request">From <see cref="Request"/>.</param>
    /// <returns>The length of the body in bytes.</returns>
    /// <exception cref="InvalidOperationException">The status is not 200, or the connection was closed.</exception>
    public int Ask(byte[] request)
    {
        Send(request);
        return Receive();
    }

    /// <summary>Sends a request and reads an answer that fits in 64 KiB as text.</summary>
    /// <param name="request">From <see cref="Request"/>.</param>
    /// <returns>Head and body.</returns>
    public string AskText(byte[] request)
    {
        Ask(request);
        return Encoding.UTF8.GetString(_buffer, 0, _length);
    }

    /// <summary>Sends a request.</summary>
    /// <param name="request">From <see cref="Request"/>.</param>
    public void Send(byte[] request) => _socket.Send(request);

    /// <summary>Reads an answer whole.</summary>
    /// <returns>The length of the body in bytes.</returns>
    /// <exception cref="InvalidOperationException">The status is not 200, or the connection was closed.</exception>
    public int Receive()
    {
        var (length, headEnd) = (0, -1);
        while (headEnd < 0)
        {
            length += Read(length);
            headEnd = _buffer.AsSpan(0, length).IndexOf(HeadEnd);
        }

        var head = _buffer.AsSpan(0, headEnd);
        var at = head.IndexOf(LengthName);
        if (!head.StartsWith("HTTP/1.1 200"u8) || at < 0)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(_buffer, 0, length));
        }

        var digits = head[(at + LengthName.Length)..];
        var end = digits.IndexOf((byte)'\r');
        var body = int.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture);
        _length = headEnd + HeadEnd.Length + body;
        var isKept = _length <= _buffer.Length;
        while (length < _length)
        {
            length += Read(isKept ? length : 0);
        }

        return body;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private int Read(int at)
    {
        if (at == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var read = _socket.Receive(_buffer.AsSpan(at));
        return read > 0 ? read : throw new InvalidOperationException("The server closed a connection.");
    }
}
