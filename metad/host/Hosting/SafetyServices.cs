using System.Security.Cryptography;
using Sync.Metad.Admission;
using Sync.Metad.Attesting;
using Sync.Metad.Auditing;
using Sync.Metad.Backends;
using Sync.Metad.Clients;
using Sync.Metad.Containers;
using Sync.Metad.Endpoints;
using Sync.Metad.Files;
using Sync.Metad.Listening;
using Sync.Metad.Model.Backends;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Hosting;

/// <summary>Puts together what tells callers, refuses, and writes down what was refused.</summary>
internal static partial class SafetyServices
{
    /// <summary>Adds it.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">The settings.</param>
    /// <param name="standardError">The program's standard error.</param>
    public static IServiceCollection AddSafety(
        this IServiceCollection services, MetadOptions options, Stream standardError)
    {
        var safety = options.Safety;
        return services
            .AddSingleton(provider => new AuditLog(
                AuditSink.Open(safety.AuditLog, safety.AuditBytesMax, standardError),
                provider.GetRequiredService<ILogger<AuditLog>>()))
            .AddHostedService(provider => provider.GetRequiredService<AuditLog>())
            .AddSingleton<DoorLog>()
            .AddSingleton<ProcessTable>(_ => new())
            .AddSingleton<TrustedProxies>()
            .AddSingleton<Listeners>()
            .AddSingleton<FailureLimit>()
            .AddContainers(safety)
            .AddSingleton(provider => NewDoors(provider, options));
    }

    // What remembers is made once and stands behind every door: tokens and signatures that were given or seen.
    private static LiveDoors NewDoors(IServiceProvider provider, MetadOptions started)
    {
        var signatures = Signatures(provider, started.Safety);
        var tokens = Tokens(provider, started.Safety);
        var attested = Attested(provider, started.Safety);
        var manageTokens = Secrets(provider, started.Safety.ManageTokenFile);
        var services = provider.GetRequiredService<EndpointServices>();
        var room = provider.GetRequiredService<WaitingRoom>();
        var containers = provider.GetRequiredService<ContainerDirectory>();
        var log = provider.GetRequiredService<DoorLog>();
        return new(started, Build, services.Stopping);

        Doors Build(MetadOptions options, CancellationToken ended)
        {
            var behind = services with { Stopping = ended };
            var hosts = new HostPolicy(options, Environment.MachineName);
            var identity = new CallerIdentity(
                options, provider.GetRequiredService<TrustedProxies>(), signatures, new LinkTable());
            var manage = new ManageEndpoint(
                behind,
                room,
                containers,
                provider.GetRequiredService<IBackend>(),
                provider.GetRequiredService<KeyLayout>(),
                provider.GetRequiredService<AuditLog>(),
                options);
            return new(
                new MetadataDoor(
                    new MetadataRules(hosts, identity, tokens, options),
                    new MetadataEndpoint(behind, room, options, attested),
                    behind,
                    tokens,
                    containers,
                    new IdentityWait(behind, room, containers, options),
                    log,
                    options,
                    attested),
                new ManageDoor(
                    hosts, manage, behind, log, options, manageTokens, provider.GetRequiredService<FailureLimit>()));
        }
    }

    private static IServiceCollection AddContainers(this IServiceCollection services, SafetyOptions safety)
    {
        if (safety.DockerSocket is { } docker)
        {
            services.AddSingleton<IContainerRuntime>(_ => new DockerRuntime(docker));
        }

        if (safety.CriSocket is { } cri)
        {
            services.AddSingleton<IContainerRuntime>(provider =>
                new CriRuntime(cri, provider.GetRequiredService<TimeProvider>()));
        }

        return services.AddSingleton<ContainerDirectory>()
            .AddHostedService(provider => provider.GetRequiredService<ContainerDirectory>());
    }

    private static ProxySignatures? Signatures(IServiceProvider provider, SafetyOptions safety) =>
        Secrets(provider, safety.ProxySecretFile) is { } secrets
            ? new(secrets, safety.ProxySignatureAge, provider.GetRequiredService<TimeProvider>())
            : null;

    private static SessionTokens Tokens(IServiceProvider provider, SafetyOptions safety)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        if (Secrets(provider, safety.SessionTokenKeyFile) is { } files)
        {
            return new(() => files.Current, time);
        }

        var own = new SecretList([RandomNumberGenerator.GetBytes(32)]);
        return new(() => own, time);
    }

    private static AttestedDocuments? Attested(IServiceProvider provider, SafetyOptions safety)
    {
        if (safety.AttestedKeyFile is not { } file)
        {
            return null;
        }

        var (time, logger) = (provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AttestedDocuments>>());
        return new(AttestationKeyFile.Open(file, problem => Log.Unusable(logger, problem), time), safety.AttestedIssuer, time);
    }

    private static ReloadedFiles<SecretList>? Secrets(IServiceProvider provider, string? file)
    {
        var logger = provider.GetRequiredService<ILogger<SecretList>>();
        return file is null
            ? null
            : SecretFile.Open(
                file, problem => Log.Unusable(logger, problem), provider.GetRequiredService<TimeProvider>());
    }

    private static partial class Log
    {
        [LoggerMessage(3052, LogLevel.Warning, "A changed file cannot be used, what it held before counts: {Problem}")]
        public static partial void Unusable(ILogger logger, string problem);
    }
}
