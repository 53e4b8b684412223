using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Sync.Confd.Hosting;
using Sync.TestKit;

namespace Sync.Confd.Tests.EndToEnd;

/// <summary>A confd with a configuration folder of its own: run within the test to its end, or started beside it.</summary>
internal sealed class ConfdRun : IAsyncDisposable, IDisposable
{
    private readonly TempDirectory _folder = new();
    private ServerProcess? _process;

    /// <summary>What confd logged since its last start.</summary>
    public CapturedLog Log { get; private set; } = new();

    /// <summary>What the last run within the test wrote to standard output.</summary>
    public IReadOnlyList<string> Output { get; private set; } = [];

    /// <summary>The process beside the test.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("confd was not started.");

    /// <summary>A command, with its arguments, that starts confd; none means confd itself.</summary>
    public IReadOnlyList<string> StartedBy { get; set; } = [];

    /// <summary>A path below the folder.</summary>
    public string At(string name) => _folder.At(name);

    /// <summary>Writes a file below the folder.</summary>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Declares a resource that renders <paramref name="template"/> to the returned destination.</summary>
    /// <param name="name">The name of resource, template and destination.</param>
    /// <param name="template">The text of the template.</param>
    /// <param name="lines">Further lines of the resource, such as its keys.</param>
    public string Declare(string name, string template, params string[] lines)
    {
        var destination = At($"out/{name}");
        Write($"templates/{name}.tmpl", template);
        Write($"conf.d/{name}.toml", $"""
            [template]
            src = "{name}.tmpl"
            dest = "{destination}"
            {string.Join('\n', lines)}
            """);
        return destination;
    }

    /// <summary>Runs confd within the test to its end, which saves the start of a process.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken limit, params string[] flags)
    {
        Log = new CapturedLog();
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var own = ProgramSurroundings.OfProcess();
        var code = await ConfdProgram.RunAsync(CommandLine(flags), own with
        {
            Variables = new Dictionary<string, string>(own.Variables) { ["HOSTNAME"] = "localhost" },
            Output = output,
            Error = errors,
            AddLog = logging => logging.Services.AddSingleton<ILoggerProvider>(services =>
                new CapturedLines(services.GetRequiredService<ConsoleFormatter>(), Log)),
        }).WaitAsync(limit);
        Output = Lines(output);
        Array.ForEach(Lines(errors), Log.Add);
        return code;
    }

    /// <summary>Starts confd; a former one has to have ended.</summary>
    public async Task StartAsync(CancellationToken limit, params string[] flags)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        string[] words = [.. StartedBy, BuiltPrograms.Require("confd"), .. CommandLine(flags)];
        _process = await ServerProcess.StartAsync(
            words[0],
            words[1..],
            Readiness.AtOnce,
            limit,
            new Dictionary<string, string?> { ["HOSTNAME"] = "localhost" });
        Log = _process.Log;
    }

    /// <summary>The flags that let confd follow a server.</summary>
    public static string[] Watching(StoreServer server) =>
        ["-backend", "etcdv3", "-node", server.ClientUrl.ToString(), "-watch"];

    /// <summary>Ends confd if it still runs.</summary>
    public async Task EndAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string[] CommandLine(string[] flags) => ["-confdir", _folder.FullName, "-log-level", "debug", .. flags];

    private static string[] Lines(StringWriter text) =>
        text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
