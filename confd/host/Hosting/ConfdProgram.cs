using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sync.Confd.Authoring;
using Sync.Confd.Options;
using Sync.Confd.Running;
using Sync.Confd.Sources;

namespace Sync.Confd.Hosting;

/// <summary>confd from the command line to the exit code.</summary>
internal static partial class ConfdProgram
{
    private const int TerminatedTwice = 143;
    private const int InterruptedTwice = 130;

    /// <summary>Runs the program.</summary>
    /// <param name="words">The command line without the program's name.</param>
    /// <param name="surroundings">The process.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] words, ProgramSurroundings surroundings)
    {
        var output = surroundings.Output;
        if (words is [['[', ..], ..])
        {
            CommandHelp.Suggest(words, output);
            return ExitCodes.Done;
        }

        var line = CommandLine.Parse(words);
        var verb = AuthoringCommands.VerbOf(line);
        var (overriding, fault) = verb is null ? Verbs.Read(line) : (SettingLayer.Empty, null);
        fault ??= AuthoringCommands.Fault(line, verb);
        if (fault is not null)
        {
            await surroundings.Error.WriteLineAsync($"{fault}\nRun confd -help for the flags.");
            return ExitCodes.Usage;
        }

        if (line.AsksForHelp)
        {
            CommandHelp.Write(output, verb);
            return ExitCodes.Done;
        }

        if (line.AsksForVersion)
        {
            await output.WriteLineAsync($"confd {Version} (.NET {Environment.Version})");
            return ExitCodes.Done;
        }

        var variables = surroundings.Variables;
        if (verb is not null)
        {
            await using var bytes = surroundings.OpenOutput();
            using var signals = new StopSignals();
            return await AuthoringCommands.RunAsync(
                verb, new Surroundings(line, variables, bytes, surroundings.Error, TimeProvider.System), signals.Stopped);
        }

        var parts = new ConfdParts(
            variables, () => Configuration.Load(line, overriding, variables), output, TimeProvider.System);
        return await RunAsync(parts, surroundings.AddLog);
    }

    private static string Version =>
        typeof(ConfdProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        ?? "unknown";

    private static async Task<int> RunAsync(ConfdParts parts, Action<ILoggingBuilder> addLog)
    {
        var configuration = parts.Load();
        if (configuration.Settings is { ChecksConfigOnly: true } checking)
        {
            return ConfigCheck.Run(configuration, checking, parts.Output);
        }

        using var host = HostFor(parts, configuration, addLog);
        var logger = host.Services.GetRequiredService<ILogger<ConfdService>>();
        DiagnosticLog.Write(logger, configuration.Diagnostics);
        if (configuration.Settings is not { } settings)
        {
            return ExitCodes.Failed;
        }

        Log.Backend(logger, settings.Backend.Name);
        Log.Starting(logger);
        Log.Sources(logger, string.Join(", ", settings.Backend.Sources));
        foreach (var leftover in Files.Leftovers.Remove(configuration.Resources.Resources, parts.Clock.GetUtcNow()))
        {
            Log.LeftoverRemoved(logger, leftover);
        }

        var service = host.Services.GetRequiredService<ConfdService>();
        using var signals = new Signals(service, logger);
        try
        {
            await host.RunAsync();

            // The host stops quietly when its service fails; the failure is ours to show.
            await (service.ExecuteTask ?? Task.CompletedTask);
            return service.ExitCode;
        }
        catch (KeySourceException failure)
        {
            Log.NoSource(logger, failure.Message);
            return ExitCodes.Failed;
        }
    }

    private static IHost HostFor(ConfdParts parts, Configuration configuration, Action<ILoggingBuilder> addLog)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var settings = configuration.Settings;
        builder.Logging
            .SetMinimumLevel(settings?.LogLevel ?? LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.None);
        addLog(builder.Logging);
        builder.Services
            .AddSingleton<ConsoleFormatter>(
                new LogLine(settings?.LogsJson == true ? LogStyle.Json : LogStyle.Text, parts.Clock))
            .AddSingleton(parts)
            .AddSingleton(configuration)
            .AddSingleton<ConfdService>()
            .AddHostedService(services => services.GetRequiredService<ConfdService>())
            .Configure<ConsoleLifetimeOptions>(lifetime => lifetime.SuppressStatusMessages = true)
            .Configure<HostOptions>(host =>
                host.ShutdownTimeout = (settings?.ShutdownTimeout ?? TimeSpan.Zero) + TimeSpan.FromSeconds(10));
        return builder.Build();
    }

    /// <summary>SIGTERM and SIGINT as a token, for commands that end by themselves.</summary>
    private sealed class StopSignals : IDisposable
    {
        private readonly CancellationTokenSource _stopped = new();
        private readonly PosixSignalRegistration[] _registrations;

        public StopSignals() => _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => _stopped.Cancel()),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => _stopped.Cancel()),
        ];

        public CancellationToken Stopped => _stopped.Token;

        public void Dispose()
        {
            Array.ForEach(_registrations, registration => registration.Dispose());
            _stopped.Dispose();
        }
    }

    /// <summary>The signals that confd hears besides the host's, which ends it in good order on SIGTERM and SIGINT.</summary>
    private sealed class Signals : IDisposable
    {
        // The numbers of x86 and ARM; .NET names only some signals. Source: signal(7).
        private const PosixSignal User1 = (PosixSignal)10;
        private const PosixSignal User2 = (PosixSignal)12;

        private readonly List<PosixSignalRegistration> _registrations;
        private readonly ILogger _logger;
        private int _stops;

        public Signals(ConfdService service, ILogger logger)
        {
            _logger = logger;
            _registrations =
            [
                On(PosixSignal.SIGHUP, () => service.Tell(new LoopEvent.ReloadAsked())),
                On(User1, () => service.Tell(new LoopEvent.RunAsked())),
                On(User2, () => service.Tell(new LoopEvent.StateAsked())),
                On(PosixSignal.SIGTERM, () => Stop("terminated", TerminatedTwice)),
                On(PosixSignal.SIGINT, () => Stop("interrupt", InterruptedTwice)),
            ];
        }

        public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

        private static PosixSignalRegistration On(PosixSignal signal, Action action) =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                action();
            });

        private void Stop(string name, int code)
        {
            if (Interlocked.Increment(ref _stops) > 1)
            {
                Environment.Exit(code);
            }

            Log.Captured(_logger, name);
        }
    }
}
