using Sync.TestKit;

namespace Sync.EndToEnd.Tests.Storms;

/// <summary>confd in watch mode, with one file that lists every key below <c>/storm</c>.</summary>
internal sealed class ConfdFollower : IFollower
{
    private const string LastLine = "end of file";

    private readonly TempDirectory _directory;

    private ConfdFollower(TempDirectory directory, ServerProcess process) =>
        (_directory, Process) = (directory, process);

    /// <inheritdoc/>
    public ServerProcess Process { get; }

    private string Destination => _directory.At("storm.conf");

    /// <summary>Starts confd against a store.</summary>
    public static async Task<IFollower> StartAsync(StoreServer server)
    {
        var directory = new TempDirectory();
        directory.Write("conf.d/storm.toml", $"""
            [template]
            src = "storm.tmpl"
            dest = "{directory.At("storm.conf")}"
            keys = ["/storm"]
            """);
        directory.Write("templates/storm.tmpl", $$$"""
            {{range gets "/storm/*/*"}}{{.Key}}={{.Value}}
            {{end}}{{{LastLine}}}
            """);
        var process = await ServerProcess.StartAsync(
            BuiltPrograms.Require("confd"),
            ["-backend", "etcdv3", "-node", server.ClientUrl.OriginalString, "-confdir", directory.FullName, "-watch"],
            Readiness.AtOnce,
            Deadline.In(TimeSpan.FromSeconds(60)));

        return new ConfdFollower(directory, process);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>?> ViewAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Destination))
        {
            return null;
        }

        var lines = await File.ReadAllLinesAsync(Destination, cancellationToken);
        lines[^1].Should().Be(LastLine, "the file is whole whenever it is read");
        return lines[..^1].Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _directory.Dispose();
    }
}
