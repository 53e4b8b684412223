using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Sync.TestKit;

namespace Sync.Metad.Tests.Running;

/// <summary>What came back, header names in lower case.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public long Version => long.Parse(Headers["x-metad-version"], CultureInfo.InvariantCulture);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>Sends requests byte by byte as the test spells them: no client library cleans a path or joins a header.</summary>
internal static class RawClient
{
    // A request that waits may span a server's restart or an election.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static async Task<RawAnswer> SendAsync(
        int port,
        string method,
        string target,
        IReadOnlyList<string>? headers = null,
        string? body = null,
        CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Deadline.In(Limit));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, limit.Token);
        return await SendAsync(client.GetStream(), method, target, headers, body, limit.Token);
    }

    /// <summary>Sends a request many times in one piece, so that a busy test does not spread them over time.</summary>
    /// <returns>All answers, as they came.</returns>
    public static async Task<string> SendTogetherAsync(int port, string target, string header, int count)
    {
        var limit = Deadline.In(Limit);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, limit);
        var stream = client.GetStream();
        var request = $"GET {target} HTTP/1.1\r\nHost: test\r\n{header}\r\n";
        await stream.WriteAsync(
            Encoding.UTF8.GetBytes(
                string.Concat(Enumerable.Repeat(request + "\r\n", count - 1)) + request + "Connection: close\r\n\r\n"),
            limit);
        return await new StreamReader(stream).ReadToEndAsync(limit);
    }

    /// <summary>Sends a request at a Unix socket.</summary>
    public static async Task<RawAnswer> SendAsync(
        string socketPath, string method, string target, IReadOnlyList<string>? headers = null, string? body = null)
    {
        var limit = Deadline.In(Limit);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), limit);
        await using var stream = new NetworkStream(socket);
        return await SendAsync(stream, method, target, headers, body, limit);
    }

    /// <summary>Sends a request over a connection and reads to its end; a Host of the test's own takes the place of the usual one.</summary>
    public static async Task<RawAnswer> SendAsync(
        Stream stream,
        string method,
        string target,
        IReadOnlyList<string>? headers,
        string? body,
        CancellationToken cancellationToken)
    {
        var content = Encoding.UTF8.GetBytes(body ?? "");
        var hasHost = headers?.Any(header => header.StartsWith("Host:", StringComparison.Ordinal)) ?? false;
        string[] lines =
        [
            $"{method} {target} HTTP/1.1", .. hasHost ? Array.Empty<string>() : ["Host: test"], "Connection: close",
            .. body is null ? Array.Empty<string>() : [$"Content-Length: {content.Length}"], .. headers ?? [], "", "",
        ];
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)), cancellationToken);
        await stream.WriteAsync(content, cancellationToken);

        using var received = new MemoryStream();
        await stream.CopyToAsync(received, cancellationToken);
        return Parse(Encoding.UTF8.GetString(received.ToArray()));
    }

    private static RawAnswer Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            throw new IOException($"No whole answer: {text}");
        }

        var lines = text[..end].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1], StringComparer.Ordinal);
        return new(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, text[(end + 4)..]);
    }
}
