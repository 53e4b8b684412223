using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Sync.Etcd.Client;
using Sync.Etcd.Client.Connections;
using Sync.Metad.Backends;
using Sync.Metad.Endpoints;
using Sync.Metad.Listening;
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
    /// <param name="standardError">The program's standard error.</param>
    public static void AddMetad(this WebApplicationBuilder builder, MetadOptions options, Stream standardError)
    {
        AddLogging(builder.Logging, new(options.LogLevel), options.LogsJson);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.ApplicationServices.GetRequiredService<Listeners>().Configure(kestrel));
        builder.Services
            .Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout)
            .AddSingleton<SocketTransportFactory>()
            .AddSingleton<IConnectionListenerFactory, AddressOpener>()
            .AddSingleton(options)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new KeyLayout(options.Prefix, options.Group))
            .AddSingleton<MetadMetrics>()
            .AddSingleton<SnapshotFeed>()
            .AddSingleton<Reply>()
            .AddSingleton<WaitingRoom>()
            .AddSingleton(services => new EndpointServices(
                services.GetRequiredService<SnapshotFeed>(),
                services.GetRequiredService<Reply>(),
                services.GetRequiredService<MetadMetrics>(),
                services.GetRequiredService<TimeProvider>(),
                services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping))
            .AddSingleton<RequestEntry>()
            .AddHostedService<MirrorLoop>()
            .AddHostedService(services => services.GetRequiredService<WaitingRoom>());
        builder.Services.AddSafety(options, standardError);
        AddBackend(builder.Services, options);
        AddTelemetry(builder.Services, options);
    }

    // The SDK is only there when somebody wants its data: requests pay nothing for it otherwise.
    private static void AddTelemetry(IServiceCollection services, MetadOptions options)
    {
        if (options.OtlpEndpoint is not { } endpoint)
        {
            return;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("metad"))
            .WithMetrics(metrics => metrics
                .AddMeter(MetadMetrics.MeterName)
                .AddOtlpExporter((exporter, reader) =>
                {
                    Configure(exporter, "v1/metrics");
                    reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = 10_000;
                }))
            .WithTracing(traces => traces
                .AddAspNetCoreInstrumentation()
                .AddOtlpExporter(exporter => Configure(exporter, "v1/traces")));

        void Configure(OtlpExporterOptions exporter, string path)
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri(endpoint, path);
        }
    }

    private static void AddLogging(ILoggingBuilder logging, LogLevels levels, bool isJson)
    {
        logging.Services
            .AddSingleton(levels)
            .AddSingleton<IConfigureOptions<LoggerFilterOptions>>(levels)
            .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(levels);
        if (isJson)
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

        // Told by our own entry; this one would make an activity and a scope for every request, even unseen.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);

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

        if (options.Backend == BackendKind.File)
        {
            services.AddSingleton<IBackend, FileBackend>();
            return;
        }

        services.AddSingleton(
            provider => new EtcdClient(ClientOptions(options), provider.GetRequiredService<TimeProvider>()));
        if (options.SnapshotFile is { } snapshot)
        {
            services.AddKeeping(snapshot);
        }
        else
        {
            services.AddSingleton<IBackend, EtcdBackend>();
        }
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
}
