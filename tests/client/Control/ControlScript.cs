using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CliWrap;
using CliWrap.Buffered;
using Sync.Store.Ctl.Commands;
using Sync.Store.Ctl.Options;
using Sync.TestKit;

namespace Sync.Etcd.Client.Tests.Control;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record Printed(string Line, string Output, string Error, int ExitCode);

/// <summary>
/// Command lines, one a line, run in order on one server. <c>$lease</c> is the lease granted last,
/// <c>$member</c> the member; what follows <c>&lt;&lt;</c> is standard input with <c>|</c> for line ends.
/// </summary>
internal sealed partial class ControlScript(string endpoint, Func<string[], string, Task<Printed>> run)
{
    // Neither program gives up sooner than the other where a write waits for a busy disk.
    private static readonly Dictionary<string, string> Patience = new()
    {
        ["ETCDCTL_DIAL_TIMEOUT"] = "20s",
        ["ETCDCTL_COMMAND_TIMEOUT"] = "30s",
    };

    private readonly Dictionary<string, string> _names = [];

    /// <summary>Runs a script with etcdctl.</summary>
    public static ControlScript OfEtcdctl(string endpoint) => new(endpoint, async (words, input) =>
    {
        var result = await Cli.Wrap(DebianPrograms.Require("etcdctl"))
            .WithArguments(words)
            .WithEnvironmentVariables(Patience.ToDictionary(variable => variable.Key, variable => (string?)variable.Value))
            .WithStandardInputPipe(PipeSource.FromString(input))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(Encoding.Latin1, Encoding.Latin1, Deadline.Default);
        return new Printed("", result.StandardOutput, result.StandardError, result.ExitCode);
    });

    /// <summary>Runs a script with storectl.</summary>
    public static ControlScript OfStorectl(string endpoint) => new(endpoint, async (words, input) =>
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var terminal = new Terminal(new StringReader(input), output, error, Patience);
        var exitCode = await ControlRoot.RunAsync(words, terminal, Deadline.Default);
        return new Printed("", Encoding.Latin1.GetString(output.ToArray()), error.ToString(), exitCode);
    });

    /// <summary>Runs the lines of a script.</summary>
    /// <returns>What each printed, with what differs from server to server replaced by names.</returns>
    public async Task<List<Printed>> RunAsync(string script)
    {
        var printed = new List<Printed>();
        foreach (var line in script.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var parts = line.Split(" << ");
            var words = Word().Matches(parts[0]).Select(word => Named(word.Value.Trim('\'')));
            var input = parts.Length > 1 ? parts[1].Replace('|', '\n') : "";
            var result = await run(["--endpoints", endpoint, .. words], input);
            Learn(result.Output);
            printed.Add(new Printed(line, Neutral(result.Output), Neutral(Told(result.Error)), result.ExitCode));
        }

        return printed;
    }

    private string Named(string word) =>
        _names.Aggregate(word, (current, name) => current.Replace(name.Key, name.Value, StringComparison.Ordinal));

    private void Learn(string output)
    {
        if (GrantedLease().Match(output) is { Success: true } lease)
        {
            var id = lease.Groups["hex"] is { Success: true } hex
                ? hex.Value
                : long.Parse(lease.Groups["decimal"].Value, CultureInfo.InvariantCulture).ToString("x16", null);
            _names["$lease"] = id;
        }

        if (Member().Match(output) is { Success: true } member)
        {
            _names["$member"] = member.Groups[1].Value;
        }
    }

    // Ports, lease numbers and times differ between two servers; nothing else may.
    private string Neutral(string text)
    {
        var neutral = text.Replace(endpoint, "ENDPOINT", StringComparison.Ordinal);
        if (_names.TryGetValue("$lease", out var lease))
        {
            var number = long.Parse(lease, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            neutral = neutral.Replace(lease, "LEASE", StringComparison.Ordinal)
                .Replace($"{number}", "LEASE", StringComparison.Ordinal);
        }

        neutral = Took().Replace(neutral, "TIME");
        return Size().Replace(neutral, "SIZE").Replace("etcdctl", "storectl", StringComparison.Ordinal);
    }

    // Etcdctl also logs its attempts; what it tells the user stands in the other lines.
    private static string Told(string error) =>
        string.Join('\n', error.Split('\n').Where(line => !line.StartsWith('{')));

    [GeneratedRegex("'[^']*'|\\S+")]
    private static partial Regex Word();

    [GeneratedRegex("lease (?<hex>[0-9a-f]{16}) granted|\"ID\" ?: ?(?<decimal>[0-9]{15,19})(,|\n)\"TTL\"")]
    private static partial Regex GrantedLease();

    [GeneratedRegex("^([0-9a-f]{14,16}), started", RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex("[0-9.]+(µs|Âµs|ms|s)\\b")]
    private static partial Regex Took();

    [GeneratedRegex("[0-9.]+ [kM]B|(?<=dbSize(InUse)?\":|\"DBSize\" : )[0-9]+")]
    private static partial Regex Size();
}
