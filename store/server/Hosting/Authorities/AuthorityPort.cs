using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Sync.Store.Hosting.Authorities;

/// <summary>Puts an <see cref="AuthorityReader"/> into the HTTP/2 connections of a port.</summary>
internal static class AuthorityPort
{
    /// <summary>For connections that are known to speak HTTP/2.</summary>
    public static ConnectionDelegate MendHttp2(ConnectionDelegate next) => connection =>
    {
        connection.Transport = new MendedTransport(new AuthorityReader(connection.Transport.Input), connection.Transport.Output);
        return next(connection);
    };

    /// <summary>For TLS connections, which have agreed on a protocol.</summary>
    public static ConnectionDelegate MendAgreedHttp2(ConnectionDelegate next)
    {
        var mended = MendHttp2(next);
        return connection =>
            connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol.Span.SequenceEqual("h2"u8) == true
                ? mended(connection)
                : next(connection);
    }

    private sealed class MendedTransport(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
