using System.Buffers;
using System.Buffers.Binary;

namespace Sync.Store.Http;

/// <summary>What the gRPC library refuses by itself, told in the words of etcd's, which clients know.</summary>
/// <remarks>Source: grpc-go, the texts of a message over the limit and of an unknown service or method.</remarks>
internal static class RefusalTexts
{
    private const string MessageKey = "grpc-message";
    private const string TooLarge = "Received message exceeds the maximum configured message size.";
    private const string NoService = "Service is unimplemented.";
    private const string NoMethod = "Method is unimplemented.";

    // One byte tells whether a message is compressed, four tell its length.
    private const int PrefixBytes = 5;

    /// <summary>Rewords a call's refusal after it was made and before it is sent.</summary>
    /// <param name="http">The call.</param>
    /// <param name="next">Makes the call.</param>
    /// <param name="messageBytesMax">The limit of a message.</param>
    public static async Task RewordAsync(HttpContext http, RequestDelegate next, int messageBytesMax)
    {
        await next(http);

        // A refusal of this kind comes before any answer, and then stands in the headers.
        if (http.Response.HasStarted || !http.Response.Headers.TryGetValue(MessageKey, out var text))
        {
            return;
        }

        var path = http.Request.Path.Value?.Split('/') ?? [];
        var reworded = (string?)text switch
        {
            TooLarge => $"grpc: received message larger than max ({await LengthAsync(http)} vs. {messageBytesMax})",
            NoService when path is [_, var service, _] => $"unknown service {service}",
            NoMethod when path is [_, var service, var method] => $"unknown method {method} for service {service}",
            _ => null,
        };
        if (reworded is not null)
        {
            http.Response.Headers[MessageKey] = reworded;
        }
    }

    // The message that was refused is still unread, and all of its beginning was looked at.
    private static async Task<uint> LengthAsync(HttpContext http)
    {
        var body = http.Request.BodyReader;
        body.CancelPendingRead();
        var read = await body.ReadAsync(http.RequestAborted);
        var length = LengthOf(read.Buffer);
        // Looked at up to where the gRPC library did: a smaller mark would take room from the client's window twice,
        // and end the connection with FLOW_CONTROL_ERROR.
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return length;
    }

    private static uint LengthOf(ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixBytes];
        buffer.Slice(0, PrefixBytes).CopyTo(prefix);
        return BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
    }
}
