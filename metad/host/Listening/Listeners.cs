using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Sync.Metad.Admission;
using Sync.Metad.Clients;
using Sync.Metad.Options;
using Sync.Posix;

namespace Sync.Metad.Listening;

/// <summary>Where the program listens, and what a connection passes before its first request.</summary>
internal sealed partial class Listeners
{
    private static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);

    private readonly MetadOptions _options;
    private readonly DoorLog _log;
    private readonly TrustedProxies _proxies;
    private readonly ProcessTable _processes;
    private readonly LinkTable _links = new();
    private readonly Api _metadata;
    private readonly Api _manage;
    private readonly List<string> _ownSockets = [];

    /// <summary>Reads settings and certificates.</summary>
    /// <exception cref="FormatException">A file cannot be used; the message names it.</exception>
    public Listeners(
        MetadOptions options,
        DoorLog log,
        TrustedProxies proxies,
        ProcessTable processes,
        TimeProvider time,
        ILogger<Listeners> logger)
    {
        _options = options;
        _log = log;
        _proxies = proxies;
        _processes = processes;
        var safety = options.Safety;
        var clients = safety.ManageClientCa is { } file
            ? new ClientAuthorities(file, safety.ManageClientNames, Complain, time)
            : null;
        _metadata = NewApi(
            new(IsManage: false), options.Listen, Certificate(safety.TlsCert, safety.TlsKey, clients: null));
        _manage = NewApi(
            new(IsManage: true), options.ListenManage, Certificate(safety.ManageTlsCert, safety.ManageTlsKey, clients));

        void Complain(string problem) => Log.Unusable(logger, problem);

        Api NewApi(ListenerRole role, string addresses, ServerCertificate? certificate) => new(
            role,
            ListenAddress.ParseAll(addresses),
            certificate,
            new(
                OpenFiles.ConnectionsMax(safety.ConnectionsMax, role, ProcessLimits.OpenFilesMax()),
                safety.ConnectionsPerClientMax));

        ServerCertificate? Certificate(string? certificate, string? key, ClientAuthorities? clients) =>
            certificate is null || key is null ? null : new(
                certificate, key, clients, isClientRequired: safety.ManageTokenFile is null, time, Complain);
    }

    /// <summary>Sets the server up.</summary>
    /// <param name="kestrel">The server's options.</param>
    /// <exception cref="IOException">A Unix socket's path is in use, or is no socket.</exception>
    public void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;

        // A target in absolute form may name any host: what goes by the host is checked at the door.
        kestrel.AllowHostHeaderOverride = true;
        kestrel.Limits.MaxRequestBodySize = _options.BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = _options.Safety.HeaderBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = _options.Safety.HeadersMax;
        kestrel.Limits.RequestHeadersTimeout = HeadersTimeout;
        foreach (var api in new[] { _metadata, _manage })
        {
            foreach (var address in api.Addresses)
            {
                Listen(kestrel, address, api);
            }
        }
    }

    /// <summary>Lets callers connect to the Unix sockets, once they are there.</summary>
    public void Open()
    {
        foreach (var (socket, api) in Sockets())
        {
            UnixSocketFile.Open(socket.Path, !api.Role.IsManage || _options.Safety.ManageUsers.Count > 0);
        }
    }

    /// <summary>Removes the Unix sockets that this program came to listen at, once it does not any more.</summary>
    public void Close()
    {
        foreach (var path in _ownSockets)
        {
            File.Delete(path);
        }
    }

    private IEnumerable<(ListenAddress.UnixSocket Socket, Api Api)> Sockets() =>
        from api in new[] { _metadata, _manage }
        from socket in api.Addresses.OfType<ListenAddress.UnixSocket>()
        select (socket, api);

    private void Listen(KestrelServerOptions kestrel, ListenAddress address, Api api)
    {
        switch (address)
        {
            case ListenAddress.UnixSocket socket:
                MakeRoom(socket.Path, api.Role);
                _ownSockets.Add(socket.Path);
                kestrel.ListenUnixSocket(socket.Path, listener => Configure(listener, api, certificate: null));
                break;
            case ListenAddress.Tcp { Host: { } host } tcp:
                kestrel.Listen(new IPEndPoint(host, tcp.Port), listener => Configure(listener, api, api.Certificate));
                break;
            case ListenAddress.Tcp tcp:
                kestrel.ListenAnyIP(tcp.Port, listener => Configure(listener, api, api.Certificate));
                break;
        }
    }

    private static void MakeRoom(string path, ListenerRole role)
    {
        try
        {
            UnixSocketFile.MakeRoom(path);
        }
        catch (IOException fault)
        {
            throw new IOException($"{(role.IsManage ? "--listen_manage" : "--listen")}: {fault.Message}", fault);
        }
    }

    private void Configure(ListenOptions listener, Api api, ServerCertificate? certificate)
    {
        listener.Protocols = HttpProtocols.Http1;
        listener.Use(next => connection => EnterAsync(connection, api, next));
        certificate?.Apply(listener);
    }

    private async Task EnterAsync(ConnectionContext connection, Api api, ConnectionDelegate next)
    {
        if (!TryKnowPeer(connection, out var peer))
        {
            connection.Abort();
            return;
        }

        if (!api.Gate.TryEnter(peer))
        {
            _log.Denied(connection, api.Role);
            connection.Abort();
            return;
        }

        try
        {
            connection.Features.Set(api.Role);
            await next(connection);
        }
        finally
        {
            api.Gate.Leave(peer);
        }
    }

    // A trusted proxy's connections carry those of others, and are counted for nobody.
    private bool TryKnowPeer(ConnectionContext connection, out string? peer)
    {
        peer = null;
        if (connection.RemoteEndPoint is IPEndPoint { Address: var remote })
        {
            var address = _links.AddressOf(remote);
            peer = _proxies.Holds(address) ? null : address.ToString();
            return true;
        }

        try
        {
            var socket = connection.Features.Get<IConnectionSocketFeature>()?.Socket;
            var process = socket is null ? null : UnixPeer.Of(socket, _processes);
            connection.Features.Set(process);
            peer = process?.Identity.Account;
            return process is not null;
        }
        catch (SocketException)
        {
            // It left before it could be asked.
            return false;
        }
    }

    private sealed record Api(
        ListenerRole Role, IReadOnlyList<ListenAddress> Addresses, ServerCertificate? Certificate, ConnectionGate Gate);

    private static partial class Log
    {
        [LoggerMessage(3051, LogLevel.Warning, "A changed file cannot be used, what it held before counts: {Problem}")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
