using System.CommandLine.Help;
using Sync.Store.Options;

namespace Sync.Store.Hosting;

/// <summary>The program <c>store</c>, from its command line to its exit code.</summary>
internal static class StoreCommand
{
    private const int BadConfiguration = 1;
    private const int Usage = 2;

    /// <summary>Reads the command line and runs the server, or says what is wrong.</summary>
    /// <param name="words">The command line.</param>
    /// <param name="environment">The variables, of which those named ETCD_* are flags too.</param>
    /// <param name="errors">Where the reason of a failed start is written.</param>
    /// <param name="stop">Ends the server as SIGTERM does.</param>
    /// <returns>The exit code: 0 stopped, 1 could not start or go on, 2 a wrong command line, 3 an invariant broke.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> words,
        IEnumerable<KeyValuePair<string, string>> environment,
        TextWriter errors,
        CancellationToken stop = default)
    {
        var flags = new StoreFlags();
        var joined = CommandLineArguments.Join(words, environment, flags.Command.Options);
        var parsed = flags.Parse(joined.Arguments);
        if (parsed.Action is not HelpAction && parsed.Errors.Count + joined.Faults.Count > 0)
        {
            foreach (var message in joined.Faults.Concat(parsed.Errors.Select(error => error.Message)))
            {
                await errors.WriteLineAsync($"store: {joined.WithOrigin(message)} See store --help.");
            }

            return Usage;
        }

        if (parsed.Action is not null)
        {
            return await parsed.InvokeAsync(cancellationToken: stop);
        }

        var faults = new List<string>();
        var settings = flags.Read(parsed, faults);
        foreach (var fault in faults)
        {
            await errors.WriteLineAsync($"store: {joined.WithOrigin(fault)}");
        }

        settings = settings with { FoundingFaults = [.. settings.FoundingFaults.Select(joined.WithOrigin)] };
        return faults.Count > 0
            ? BadConfiguration
            : await StoreHost.RunAsync(settings, joined.Warnings.Concat(settings.Warnings), errors, stop);
    }
}
