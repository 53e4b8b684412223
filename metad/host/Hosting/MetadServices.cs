using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Metad.Backends;
using Sync.Metad.Clients;
using Sync.Metad.Endpoints;
using Sync.Metad.Model.Backends;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Hosting;

/// <summary>Puts the program together.</summary>
internal static class MetadServices
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds everything but the options to a builder.</summary>
    /// <param name="builder">An empty builder: nothing is read from the folder the program runs in.</param>
    /// <param name="options">The settings.</param>
    public static void AddMetad(this WebApplicationBuilder builder, MetadOptions options)
    {
        AddLogging(builder.Logging, options);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Services
            .Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout)
            .AddSingleton(options)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new KeyLayout(options.Prefix, options.Group))
            .AddSingleton<MetadMetrics>()
            .AddSingleton<SnapshotFeed>()
            .AddSingleton<CallerIdentity>()
            .AddSingleton<Reply>()
            .AddSingleton<WaitingRoom>()
            .AddSingleton(services => new EndpointServices(
                services.GetRequiredService<SnapshotFeed>(),
                services.GetRequiredService<Reply>(),
                services.GetRequiredService<MetadMetrics>(),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping))
            .AddSingleton<MetadataEndpoint>()
            .AddSingleton<ManageEndpoint>()
            .AddSingleton<RequestEntry>()
            .AddHostedService<MirrorLoop>()
            .AddHostedService(services => services.GetRequiredService<WaitingRoom>());
        AddBackend(builder.Services, options);
    }

    private static void AddLogging(ILoggingBuilder logging, MetadOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        if (options.LogsJson)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        logging.AddFilter("Microsoft", LogLevel.Warning);

        // A start that fails is told once, in a sentence, by the program; the host would add the stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void AddBackend(IServiceCollection services, MetadOptions options)
    {
        if (options.Backend == BackendKind.Local)
        {
            services.AddSingleton<IBackend, LocalBackend>();
            return;
        }

        services
            .AddSingleton(provider => new EtcdClient(ClientOptions(options), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IBackend, EtcdBackend>();
    }

    private static EtcdClientOptions ClientOptions(MetadOptions options) => new()
    {
        Endpoints = options.Nodes.Count > 0 ? options.Nodes : ["http://127.0.0.1:2379"],
        DefaultScheme = EndpointScheme.Https,
        Credentials = options.BasicAuth ? new(options.Username, options.Password) : null,
        Tls = new()
        {
            AuthorityFile = options.ClientCaKeys,
            CertificateFile = options.ClientCert,
            KeyFile = options.ClientKey,
        },
        Backoff = new() { Longest = TimeSpan.FromSeconds(2) },
    };

    private static void Listen(KestrelServerOptions kestrel, MetadOptions options)
    {
        kestrel.AddServerHeader = false;

        // A target in absolute form may name any host: nothing here goes by the host.
        kestrel.AllowHostHeaderOverride = true;
        kestrel.Limits.MaxRequestBodySize = options.BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        Listen(kestrel, ListenAddress.Parse(options.Listen), new ListenerRole(IsManage: false));
        Listen(kestrel, ListenAddress.Parse(options.ListenManage), new ListenerRole(IsManage: true));
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, ListenerRole role)
    {
        if (address.Host is { } host)
        {
            kestrel.Listen(new IPEndPoint(host, address.Port), Configure);
        }
        else
        {
            kestrel.ListenAnyIP(address.Port, Configure);
        }

        void Configure(ListenOptions listener)
        {
            listener.Protocols = HttpProtocols.Http1;
            listener.Use(next => connection =>
            {
                connection.Features.Set(role);
                return next(connection);
            });
        }
    }
}
