using System.Text;
using CliWrap;
using CliWrap.Buffered;
using Grpc.Net.Client;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;
using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Sessions;

/// <summary>Runs the commands of a <see cref="SessionScript"/> with one client program against one fresh server.</summary>
internal sealed class Session : IAsyncDisposable
{
    private const string CancelledByItself = "code = Canceled desc = context canceled";

    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _directory = new();
    private readonly Dictionary<string, Background> _background = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _environment;
    private readonly SessionSymbols _symbols;
    private readonly bool _isInProcess;

    private Session(StoreServer server, string clientProgram, bool isInProcess, ulong clusterId, ulong memberId)
    {
        _isInProcess = isInProcess;

        // Sessions say etcdctl; which program that is depends on what is tested.
        File.CreateSymbolicLink(_directory.At("etcdctl"), clientProgram);
        _environment = new()
        {
            ["PATH"] = _directory.FullName + ":" + Environment.GetEnvironmentVariable("PATH"),
            ["ETCDCTL_API"] = "3",
            ["ETCDCTL_ENDPOINTS"] = server.Endpoint,
            ["ETCDCTL_DIAL_TIMEOUT"] = "20s",
            ["ETCDCTL_COMMAND_TIMEOUT"] = "20s",
        };
        _symbols = new SessionSymbols(clusterId, memberId, new Dictionary<string, string>
        {
            [server.ClientUrl.Authority] = "<client>",
            [server.PeerUrl.Authority] = "<peer>",
            [Path.GetFileName(clientProgram)] = "etcdctl",
        });
    }

    /// <summary>Runs a script from its first command to its last.</summary>
    /// <param name="script">The commands; recorded output is ignored.</param>
    /// <param name="server">The server they go to; its keyspace should be empty.</param>
    /// <param name="clientProgram">The full path of etcdctl, or of a program with its command line.</param>
    /// <param name="isInProcess">
    /// States that simple commands are storectl's and run in this process, which saves its start hundreds of times.
    /// </param>
    /// <param name="cancellationToken">The limit of the whole session.</param>
    /// <returns>The script with the output of this run.</returns>
    public static async Task<SessionScript> RunAsync(
        SessionScript script,
        StoreServer server,
        string clientProgram,
        bool isInProcess,
        CancellationToken cancellationToken)
    {
        var (clusterId, memberId) = await IdentityAsync(server, cancellationToken);
        await using var session = new Session(server, clientProgram, isInProcess, clusterId, memberId);
        var steps = new List<SessionStep>();
        foreach (var step in script.Steps)
        {
            steps.Add(step with { Output = await session.RunStepAsync(step, cancellationToken) });
        }

        return script with { Steps = steps };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var background in _background.Values)
        {
            await background.Process.DisposeAsync();
        }

        _directory.Dispose();
    }

    private static async Task<(ulong ClusterId, ulong MemberId)> IdentityAsync(
        StoreServer server, CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(server.ClientUrl);
        var members = await new Cluster.ClusterClient(channel).MemberListAsync(
            new MemberListRequest(), cancellationToken: cancellationToken);

        return (members.Header.ClusterId, members.Header.MemberId);
    }

    private async Task<IReadOnlyList<string>> RunStepAsync(SessionStep step, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StepLimit);
        var words = step.Command.Split(' ', 4);

        return words switch
        {
            ["$", "etcdctl", ..] when _isInProcess && !step.Command.Contains('|') =>
                await RunInProcessAsync(_symbols.Resolve(step.Command[2..]), step.Input, limit.Token),
            ["$", ..] => await RunAsync(_symbols.Resolve(step.Command[2..]), step.Input, limit.Token),
            ["&", "start", var name, var command] => await StartAsync(name, _symbols.Resolve(command), limit.Token),
            ["&", "await", var name, var count] => await AwaitAsync(_background[name], int.Parse(count, null), limit.Token),
            ["&", "interrupt", var name] => await InterruptAsync(_background[name], limit.Token),
            _ => throw new FormatException($"line {step.LineNumber}: '{step.Command}' is no command of a session"),
        };
    }

    private async Task<IReadOnlyList<string>> RunAsync(
        string command, IReadOnlyList<string> input, CancellationToken cancellationToken)
    {
        var result = await RunShellAsync(command, TextOf(input), cancellationToken);

        return Marked(LinesOf(result.StandardOutput), LinesOf(result.StandardError), result.ExitCode);
    }

    private async Task<IReadOnlyList<string>> RunInProcessAsync(
        string command, IReadOnlyList<string> input, CancellationToken cancellationToken)
    {
        // The shell takes the words apart, as it does for a program.
        var words = await RunShellAsync(
            $$"""etcdctl() { printf '%s\0' "$@"; }; {{command}}""", input: "", cancellationToken);
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var terminal = new Terminal(
            new StringReader(TextOf(input)),
            output,
            error,
            _environment.ToDictionary(variable => variable.Key, variable => variable.Value ?? ""));
        var exitCode = await ControlRoot.RunAsync(
            words.StandardOutput.Split('\0')[..^1], terminal, cancellationToken);

        return Marked(LinesOf(Encoding.UTF8.GetString(output.ToArray())), LinesOf(error.ToString()), exitCode);
    }

    private async Task<BufferedCommandResult> RunShellAsync(
        string command, string input, CancellationToken cancellationToken) =>
        await Cli.Wrap("/bin/sh")
            .WithArguments(["-c", command])
            .WithEnvironmentVariables(_environment)
            .WithWorkingDirectory(_directory.FullName)
            .WithStandardInputPipe(PipeSource.FromString(input))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.UTF8, cancellationToken);

    private static string TextOf(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    private async Task<IReadOnlyList<string>> StartAsync(string name, string command, CancellationToken cancellationToken)
    {
        var process = await ServerProcess.StartAsync(
            "/bin/sh", ["-c", "exec " + command], Readiness.AtOnce, cancellationToken, _environment);
        _background.Add(name, new Background(process));

        return [];
    }

    private async Task<IReadOnlyList<string>> AwaitAsync(
        Background background, int lineCount, CancellationToken cancellationToken)
    {
        var seen = 0;
        await background.Process.Output.WaitForAsync(
            _ => ++seen >= background.LinesShown + lineCount, cancellationToken);

        return Marked(background.Show(lineCount), [], exitCode: 0);
    }

    private async Task<IReadOnlyList<string>> InterruptAsync(Background background, CancellationToken cancellationToken)
    {
        await background.Process.SignalAsync("INT");
        var exitCode = await background.Process.ExitCodeAsync(cancellationToken);

        // Whether etcdctl logs the call that its own end cancels depends on which of its goroutines is first.
        var log = background.Process.Log.Lines.Where(line => !line.Contains(CancelledByItself, StringComparison.Ordinal));
        return Marked(background.Show(int.MaxValue), log, exitCode);
    }

    private List<string> Marked(IEnumerable<string> output, IEnumerable<string> errors, int exitCode)
    {
        var lines = output.Select(line => ("| " + _symbols.Abstract(line)).TrimEnd())
            .Concat(errors.Select(line => ("! " + _symbols.Abstract(line)).TrimEnd()))
            .ToList();

        return exitCode == 0 ? lines : [.. lines, $"= exit {exitCode}"];
    }

    private static string[] LinesOf(string text) =>
        text.Length == 0 ? [] : (text.EndsWith('\n') ? text[..^1] : text).Split('\n');

    private sealed class Background(ServerProcess process)
    {
        public ServerProcess Process { get; } = process;

        public int LinesShown { get; private set; }

        public List<string> Show(int countMax)
        {
            var lines = Process.Output.Lines.Skip(LinesShown).Take(countMax).ToList();
            LinesShown += lines.Count;
            return lines;
        }
    }
}
