using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sync.Metad.Options;

/// <summary>Where to listen.</summary>
internal abstract record ListenAddress
{
    private const string UnixPrefix = "unix:";

    // Linux's sockaddr_un holds 108 bytes, the last of them a zero.
    private const int UnixPathBytesMax = 107;

    private ListenAddress()
    {
    }

    /// <summary>A port.</summary>
    /// <param name="Host">An address; null is every address of the machine, both families.</param>
    /// <param name="Port">The port; 0 lets the kernel choose.</param>
    internal sealed record Tcp(IPAddress? Host, int Port) : ListenAddress;

    /// <summary>A socket in the file system; its callers are told by what the kernel says of their process.</summary>
    /// <param name="Path">An absolute path.</param>
    internal sealed record UnixSocket(string Path) : ListenAddress;

    /// <summary>States that nobody but this machine reaches the address.</summary>
    public bool IsLocal => this switch
    {
        UnixSocket => true,
        Tcp { Host: { } host } => IPAddress.IsLoopback(host),
        _ => false,
    };

    /// <summary>States that an end point is the one that this address stands for, or one of them.</summary>
    /// <param name="endpoint">Where something is, or is to be, listened at.</param>
    public bool IsAt(EndPoint endpoint) => (this, endpoint) switch
    {
        (UnixSocket socket, UnixDomainSocketEndPoint) => endpoint.ToString() == socket.Path,
        (Tcp { Host: { } host } tcp, IPEndPoint at) => at.Port == tcp.Port && at.Address.Equals(host),
        (Tcp tcp, IPEndPoint at) =>
            at.Port == tcp.Port && (at.Address.Equals(IPAddress.Any) || at.Address.Equals(IPAddress.IPv6Any)),
        _ => false,
    };

    /// <summary>Reads addresses.</summary>
    /// <param name="text">One or more, separated by commas; see <see cref="Parse"/>.</param>
    /// <exception cref="FormatException">One of them is no address; the message says what is wanted.</exception>
    public static IReadOnlyList<ListenAddress> ParseAll(string text) =>
        [.. text.Split(',', StringSplitOptions.TrimEntries).Select(Parse)];

    /// <summary>Reads an address.</summary>
    /// <param name="text">
    /// <c>:80</c>, <c>127.0.0.1:9611</c>, <c>[::1]:80</c>, <c>[fe80::1%eth0]:80</c>, <c>localhost:80</c> or
    /// <c>unix:/run/metad.sock</c>.
    /// </param>
    /// <exception cref="FormatException">The text is none of these; the message says what is wanted.</exception>
    public static ListenAddress Parse(string text)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
        {
            var path = text[UnixPrefix.Length..];
            return path.StartsWith('/') && System.Text.Encoding.UTF8.GetByteCount(path) <= UnixPathBytesMax
                ? new UnixSocket(path)
                : throw Wrong(text);
        }

        var colon = text.LastIndexOf(':');
        var isPort = ushort.TryParse(
            text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        if (colon < 0 || !isPort)
        {
            throw Wrong(text);
        }

        var host = text[..colon];
        return host switch
        {
            "" => new Tcp(null, port),
            "localhost" => new Tcp(IPAddress.Loopback, port),
            ['[', .. var inner, ']'] when IPAddress.TryParse(inner, out var address) => new Tcp(address, port),
            _ when !host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var address) =>
                new Tcp(address, port),
            _ => throw Wrong(text),
        };
    }

    private static FormatException Wrong(string text) => new(
        $"\"{text}\" is no address to listen on: use :80, 127.0.0.1:80, [::1]:80 or unix:/run/metad.sock.");
}
