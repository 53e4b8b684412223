namespace Sync.EndToEnd.Tests.Sessions;

/// <summary>A recorded session: commands, each with what it printed. README.md beside the files has the form.</summary>
/// <param name="Steps">The commands in the order they run.</param>
/// <param name="Ending">Remarks and blank lines behind the last step.</param>
internal sealed record SessionScript(IReadOnlyList<SessionStep> Steps, IReadOnlyList<string> Ending)
{
    private const string InputMark = "< ";

    /// <summary>Reads a session file.</summary>
    /// <exception cref="FormatException">A line is of no known kind, or output comes before a command.</exception>
    public static SessionScript Parse(string text)
    {
        var steps = new List<SessionStep>();
        var remarks = new List<string>();
        foreach (var (line, number) in text.TrimEnd('\n').Split('\n').Select((line, index) => (line, index + 1)))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                remarks.Add(line);
            }
            else if (line[0] is '$' or '&')
            {
                steps.Add(new SessionStep(number, [.. remarks], line, [], []));
                remarks.Clear();
            }
            else if (steps.Count > 0 && remarks.Count == 0 && line[0] is '<' or '|' or '!' or '=')
            {
                steps[^1] = steps[^1].With(line);
            }
            else
            {
                throw new FormatException($"line {number}: '{line}' is neither a command nor a line of one");
            }
        }

        return new SessionScript(steps, remarks);
    }

    /// <summary>The text that <see cref="Parse"/> reads back.</summary>
    public string ToText() => string.Join('\n', Steps.SelectMany(Lines).Concat(Ending)) + "\n";

    /// <summary>What this run printed otherwise than <paramref name="recorded"/>; empty when all is equal.</summary>
    /// <param name="recorded">The same commands with the output they should have.</param>
    /// <param name="fileName">The name that the differences are reported under.</param>
    public IEnumerable<string> DifferencesFrom(SessionScript recorded, string fileName) =>
        recorded.Steps.Zip(Steps)
            .Where(pair => !pair.First.Output.SequenceEqual(pair.Second.Output))
            .Select(pair => $"{fileName}:{pair.First.LineNumber}: {pair.First.Command}\n"
                + $"  recorded:\n{Indented(pair.First.Output)}\n  now:\n{Indented(pair.Second.Output)}");

    /// <summary>The script without what etcdctl's own client library logs of calls that were refused.</summary>
    public SessionScript WithoutClientLog() => this with
    {
        Steps = [.. Steps.Select(step => step with { Output = [.. step.Output.Where(line => !IsClientLog(line))] })],
    };

    private static bool IsClientLog(string line) => line.StartsWith("! warn: ", StringComparison.Ordinal);

    private static IEnumerable<string> Lines(SessionStep step) =>
        [.. step.Remarks, step.Command, .. step.Input.Select(line => (InputMark + line).TrimEnd()), .. step.Output];

    private static string Indented(IEnumerable<string> lines) =>
        string.Join('\n', lines.Select(line => "    " + line).DefaultIfEmpty("    (nothing)"));
}

/// <summary>One command of a session.</summary>
/// <param name="LineNumber">Where the command stands in the file, from 1.</param>
/// <param name="Remarks">Comments and blank lines above it.</param>
/// <param name="Command">The line with its mark: <c>$ etcdctl get a</c>.</param>
/// <param name="Input">What the command reads on standard input.</param>
/// <param name="Output">What it printed, each line with its mark.</param>
internal sealed record SessionStep(
    int LineNumber,
    IReadOnlyList<string> Remarks,
    string Command,
    IReadOnlyList<string> Input,
    IReadOnlyList<string> Output)
{
    /// <summary>The step with one more line of input or output.</summary>
    public SessionStep With(string line) => line[0] == '<'
        ? this with { Input = [.. Input, line.Length > 2 ? line[2..] : ""] }
        : this with { Output = [.. Output, line] };
}
