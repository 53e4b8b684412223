using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Sync.Store.Hosting;

/// <summary>
/// Serves cleartext HTTP/2 and HTTP/1.1 on one client port. A connection that begins with the HTTP/2 preface
/// stays where it is; any other is joined to the server's own HTTP/1.1 socket.
/// </summary>
/// <param name="http1Socket">The server's own socket that answers HTTP/1.1.</param>
/// <remarks>
/// Kestrel serves one protocol on a cleartext port. gRPC pays nothing for this: after its first bytes were
/// looked at, an HTTP/2 connection is Kestrel's alone. Source: RFC 9113 section 3.4, the connection preface.
/// </remarks>
internal sealed class ClientPort(UnixDomainSocketEndPoint http1Socket)
{
    private static readonly TimeSpan FirstBytesPatience = TimeSpan.FromSeconds(10);

    private static ReadOnlySpan<byte> PrefaceStart => "PRI"u8;

    /// <summary>The connection middleware of the port.</summary>
    public ConnectionDelegate Share(ConnectionDelegate http2) => async connection =>
    {
        switch (await BeginsWithPrefaceAsync(connection))
        {
            case true:
                await http2(connection);
                break;
            case false:
                await JoinHttp1Async(connection);
                break;
            case null:
                connection.Abort();
                break;
        }
    };

    // Null when the client said nothing in time, or went away: a probe that only connects, most often.
    private static async Task<bool?> BeginsWithPrefaceAsync(ConnectionContext connection)
    {
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            ?? CancellationToken.None;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed, stopping);
        patience.CancelAfter(FirstBytesPatience);
        try
        {
            return await ReadStartAsync(connection.Transport.Input, patience.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static async Task<bool> ReadStartAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var enough = read.Buffer.Length >= PrefaceStart.Length;

            // Nothing is consumed; only what was too short is marked as looked at, to wait for more.
            input.AdvanceTo(read.Buffer.Start, enough ? read.Buffer.Start : read.Buffer.End);
            if (enough || read.IsCompleted)
            {
                return enough && StartsWithPreface(read.Buffer);
            }
        }
    }

    private static bool StartsWithPreface(ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[PrefaceStart.Length];
        buffer.Slice(0, start.Length).CopyTo(start);
        return start.SequenceEqual(PrefaceStart);
    }

    private async Task JoinHttp1Async(ConnectionContext connection)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(http1Socket, connection.ConnectionClosed);
            await using var stream = new NetworkStream(socket);
            var requests = connection.Transport.Input.CopyToAsync(stream, connection.ConnectionClosed);
            var answers = CopyAnswersAsync(stream, connection);
            await Task.WhenAny(requests, answers);
            if (answers.IsCompleted)
            {
                // The answer is whole. Returning lets the transport send the rest of it and close.
                connection.Transport.Input.CancelPendingRead();
                await requests.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await answers;
                return;
            }

            await requests;
            socket.Shutdown(SocketShutdown.Send);
            await answers;
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException
            or ConnectionAbortedException)
        {
            // Either side hung up. There is nobody left to tell.
            connection.Abort();
        }
    }
    private static Task CopyAnswersAsync(NetworkStream stream, ConnectionContext connection) =>
        PipeReader.Create(stream).CopyToAsync(connection.Transport.Output, connection.ConnectionClosed);
}
