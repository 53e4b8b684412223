using System.Collections;
using Microsoft.Extensions.Logging;

namespace Sync.Confd.Hosting;

/// <summary>What confd sees of the process that it runs in.</summary>
/// <param name="Variables">The environment.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error, for what comes before the log.</param>
/// <param name="OpenOutput">Opens standard output for bytes.</param>
/// <param name="AddLog">Adds what writes the log, in the lines of <see cref="LogLine"/>.</param>
internal sealed record ProgramSurroundings(
    IReadOnlyDictionary<string, string> Variables,
    TextWriter Output,
    TextWriter Error,
    Func<Stream> OpenOutput,
    Action<ILoggingBuilder> AddLog)
{
    /// <summary>Those of the process itself; the log goes to standard error.</summary>
    public static ProgramSurroundings OfProcess() => new(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(
            entry => (string)entry.Key, entry => entry.Value as string ?? "", StringComparer.Ordinal),
        Console.Out,
        Console.Error,
        Console.OpenStandardOutput,
        logging => logging.AddConsole(console =>
        {
            console.FormatterName = LogLine.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        }));
}
