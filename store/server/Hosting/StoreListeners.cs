using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sync.Store.Certificates;
using Sync.Store.Hosting.Authorities;
using Sync.Store.Http;
using Sync.Store.Options;

namespace Sync.Store.Hosting;

/// <summary>Opens the server's ports.</summary>
internal static class StoreListeners
{
    private const int ConnectionsMax = 10_000;

    // Of the files that may be open at a time, one in so many is for connections of clients, and of members; the rest is
    // for the store's own.
    private const int FilesForClients = 2;
    private const int FilesForPeers = 8;

    // A connection that is joined to the own HTTP/1.1 socket has both ends here.
    private const int FilesOfHttp1 = 2;
    private const int StreamWindowBytes = 1024 * 1024;
    private const int ConnectionWindowBytes = 8 * 1024 * 1024;

    /// <summary>Tells Kestrel where to listen and within which limits.</summary>
    /// <param name="kestrel">The web server's options.</param>
    /// <param name="settings">What the server was told.</param>
    /// <param name="certificates">The client port's certificates; null when no client URL needs one.</param>
    /// <param name="peerCertificates">The peer port's certificates; null when no peer URL needs one.</param>
    /// <param name="openFilesMax">How many files may be open at a time, sockets among them.</param>
    public static void Configure(
        KestrelServerOptions kestrel,
        StoreSettings settings,
        PortCertificates? certificates,
        PortCertificates? peerCertificates,
        long openFilesMax)
    {
        SetLimits(kestrel, settings);
        var share = new ConnectionShare(openFilesMax / FilesForClients);
        var http1Socket = NewHttp1Socket();
        var clientPort = new ClientPort(http1Socket);
        foreach (var (url, endPoint) in EndPoints(settings.ListenClientUrls))
        {
            kestrel.Listen(endPoint, listen =>
            {
                listen.Use(next => share.Limit(next));
                if (url.IsTls && certificates is not null)
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    certificates.Apply(listen);
                    listen.Use(AuthorityPort.MendAgreedHttp2);
                }
                else
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(clientPort.Share);
                    listen.Use(AuthorityPort.MendHttp2);
                }
            });
        }

        // Whoever reaches this socket reaches a plain port as well; without one there is none.
        if (settings.ListenClientUrls.Any(url => !url.IsTls))
        {
            kestrel.Listen(http1Socket, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => share.Limit(next, FilesOfHttp1));
            });
        }

        OpenPeerPort(kestrel, settings, peerCertificates, new ConnectionShare(openFilesMax / FilesForPeers));
    }

    private static void OpenPeerPort(
        KestrelServerOptions kestrel, StoreSettings settings, PortCertificates? certificates, ConnectionShare share)
    {
        var http1Socket = NewHttp1Socket();
        var sharedPort = new ClientPort(http1Socket);
        foreach (var (url, endPoint) in EndPoints(settings.ListenPeerUrls))
        {
            kestrel.Listen(endPoint, listen =>
            {
                listen.Use(next => share.Limit(next));
                if (url.IsTls && certificates is not null)
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    certificates.Apply(listen);
                }
                else
                {
                    listen.Protocols = HttpProtocols.Http2;
                    listen.Use(sharedPort.Share);
                }

                listen.Use(PeerPort.MarkConnection);
            });
        }

        if (settings.ListenPeerUrls.Any(url => !url.IsTls))
        {
            kestrel.Listen(http1Socket, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => share.Limit(next, FilesOfHttp1));
                listen.Use(PeerPort.MarkConnection);
            });
        }
    }

    // A name that begins with a zero byte is no file: it goes with the process, however that ends.
    private static UnixDomainSocketEndPoint NewHttp1Socket() => new($"\0sync-store-{Guid.NewGuid():N}");

    private static void SetLimits(KestrelServerOptions kestrel, StoreSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.MaxStreamsPerConnection = settings.StreamsPerConnectionMax;

        // What a machine that vanished has left open is ended.
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = ConnectionWindowBytes;
    }

    private static IEnumerable<(ListenUrl Url, IPEndPoint EndPoint)> EndPoints(IEnumerable<ListenUrl> urls) =>
        urls.SelectMany(url => url.EndPoints.Select(endPoint => (url, endPoint)));
}
