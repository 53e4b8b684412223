using System.CommandLine;
using System.Reflection;
using Grpc.Core;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary>The whole of storectl: etcdctl's command line on any store that speaks etcd's API.</summary>
internal static class ControlRoot
{
    /// <summary>Ended by SIGINT, as shells count it; a program that another signal ends tells that one's code.</summary>
    public const int InterruptedExitCode = 130;

    private const string ApiVersion = "3.6";

    /// <summary>Carries out one command line.</summary>
    /// <param name="words">The command line, without the program.</param>
    /// <param name="terminal">Where to read and write.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> words, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return await InvokeAsync(words, terminal, cancellation);
        }
        catch (ControlFailure failure)
        {
            return await FailAsync(terminal, failure.ExitCode, failure.Message);
        }
        catch (Exception error) when (
            (error is RpcException or OperationCanceledException) && cancellation.IsCancellationRequested)
        {
            return InterruptedExitCode;
        }
        catch (RpcException error)
        {
            if (ControlSession.IsUnreachable(error))
            {
                await terminal.Error.WriteLineAsync(
                    $"no endpoint could be reached: {error.Status.DebugException?.Message}");
            }

            var isRefusedUser = error.Status.Detail
                == "etcdserver: authentication failed, invalid user ID or password";
            return await FailAsync(
                terminal, isRefusedUser ? ExitCode.BadConnection : ExitCode.Error, ControlSession.Describe(error));
        }
    }

    private static async Task<int> InvokeAsync(
        IReadOnlyList<string> words, Terminal terminal, CancellationToken cancellation)
    {
        var root = Create(terminal);
        if (words is ["--version"])
        {
            words = ["version"];
        }

        words = CommandLineRules.Apply(root, words);
        var name = words.FirstOrDefault(word => !word.StartsWith('-'));
        if (name is not null && root.Subcommands.All(command => command.Name != name))
        {
            await terminal.Error.WriteLineAsync(
                $"Error: unknown command \"{name}\" for \"storectl\"\nRun 'storectl --help' for usage.");
            throw new ControlFailure(ExitCode.Error, $"unknown command \"{name}\" for \"storectl\"");
        }

        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var error, ..] && parsed.Action is not System.CommandLine.Help.HelpAction)
        {
            throw new ControlFailure(ExitCode.Error, error.Message);
        }

        await using var output = new StreamWriter(terminal.Output, leaveOpen: true);
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, cancellation);
    }

    private static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand(
            "Speaks to a store through etcd's API. Exit codes, as etcdctl's: 0 done, 1 refused or not understood, 2 no "
            + "connection or sign-in, 3 bad input, 4 no such output form, 5 ended by the server, 6 file trouble, 128 bad "
            + "arguments, 130 SIGINT, 143 SIGTERM.");
        var version = root.Options.OfType<VersionOption>().Single();
        root.Options.Remove(version);
        var runner = new CommandRunner(new GlobalOptions(root, terminal.Variables), terminal);
        IEnumerable<Command> commands =
        [
            .. KeyCommands.Create(runner),
            TransactionCommand.Create(runner),
            WatchCommand.Create(runner),
            LeaseCommands.Create(runner),
            LockCommand.Create(runner),
            ElectCommand.Create(runner),
            MirrorCommand.Create(runner),
            EndpointCommands.Create(runner),
            MemberCommands.Create(runner),
            .. MaintenanceCommands.Create(runner),
            CheckCommands.Create(runner),
            SnapshotCommand.Create(runner),
            AuthCommands.Create(runner),
            UserCommands.Create(runner),
            RoleCommands.Create(runner),
            Version(runner),
        ];
        foreach (var command in commands.OrderBy(command => command.Name, StringComparer.Ordinal))
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    private static Command Version(CommandRunner runner) =>
        runner.Command("version", "Prints the versions of the program and of the API it speaks.", [],
            async (session, _, _) =>
            {
                var version = typeof(ControlRoot).Assembly
                    .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
                await session.PrintLineAsync($"storectl version: {version}");
                await session.PrintLineAsync($"API version: {ApiVersion}");
            });

    private static async Task<int> FailAsync(Terminal terminal, ExitCode exitCode, string message)
    {
        await terminal.Error.WriteLineAsync($"Error: {message}");
        return (int)exitCode;
    }
}
