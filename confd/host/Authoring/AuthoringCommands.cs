using Sync.Confd.Hosting;
using Sync.Confd.Options;

namespace Sync.Confd.Authoring;

/// <summary>The commands for authors of templates: <c>render</c>, <c>convert</c>, <c>test</c>, <c>seal</c>.</summary>
internal static class AuthoringCommands
{
    /// <summary>The command that a command line names, or null.</summary>
    public static AuthoringVerb? VerbOf(CommandLine line) => line.Arguments.Count == 0
        ? null
        : AuthoringFlags.Verbs.FirstOrDefault(verb => verb.Name == line.Arguments[0]);

    /// <summary>What is wrong with the flags and words of a command line, as far as these commands go; null when nothing is.</summary>
    public static string? Fault(CommandLine line, AuthoringVerb? verb)
    {
        if (line.Fault is not null)
        {
            return line.Fault;
        }

        if (AuthoringFlags.All.FirstOrDefault(flag => line.Values.ContainsKey(flag) && verb?.Flags.Contains(flag) != true) is { } foreign)
        {
            var owners = AuthoringFlags.Verbs.Where(owner => owner.Flags.Contains(foreign)).Select(owner => $"confd {owner.Name}");
            return $"-{foreign.Name} belongs to {string.Join(" and ", owners)}";
        }

        return verb is null || line.AsksForHelp || line.Arguments.Count == 2
            ? null
            : $"confd {verb.Name} takes exactly one {verb.Operand}";
    }

    /// <summary>Runs a command.</summary>
    /// <returns>The exit code: 0 done, 1 a template or a test failed, 2 wrong command line.</returns>
    public static async Task<int> RunAsync(AuthoringVerb verb, Surroundings surroundings, CancellationToken cancellation)
    {
        var operand = surroundings.Line.Arguments[1];
        try
        {
            return verb.Name switch
            {
                "render" => await new RenderCommand(surroundings).RunAsync(operand, cancellation),
                "convert" => await new ConvertCommand(surroundings).RunAsync(operand, cancellation),
                "seal" => new SealCommand(surroundings).Run(operand),
                _ => await new TestCommand(surroundings).RunAsync(operand, cancellation),
            };
        }
        catch (AuthoringException fault)
        {
            await surroundings.Error.WriteLineAsync(fault.Message);
            return fault.ExitCode;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or Sources.KeySourceException)
        {
            await surroundings.Error.WriteLineAsync(failure.Message);
            return ExitCodes.Failed;
        }
    }

    /// <summary>The settings that the command line, the environment and confd.toml give.</summary>
    /// <exception cref="AuthoringException">One of them is wrong.</exception>
    public static ConfdSettings SettingsOf(Surroundings surroundings)
    {
        var result = Configuration.Settle(surroundings.Line, SettingLayer.Empty, surroundings.Variables);
        return result.Settings ?? throw new AuthoringException(ExitCodes.Failed, string.Join('\n', result.Diagnostics.Where(fault => fault.IsError)));
    }
}

/// <summary>What a command takes from its surroundings.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Variables">The environment.</param>
/// <param name="Output">Standard output, for bytes.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Clock">The clock.</param>
internal sealed record Surroundings(
    CommandLine Line, IReadOnlyDictionary<string, string> Variables, Stream Output, TextWriter Error, TimeProvider Clock)
{
    /// <summary>The texts that a flag was given.</summary>
    public IReadOnlyList<string> Given(Flag flag) => Line.Values.GetValueOrDefault(flag) ?? [];

    /// <summary>Writes a line to standard output.</summary>
    public void WriteLine(string line) => Output.Write(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
}

/// <summary>Ends a command with a message and an exit code.</summary>
/// <param name="exitCode">The exit code.</param>
/// <param name="message">One or more sentences for standard error.</param>
internal sealed class AuthoringException(int exitCode, string message) : Exception(message)
{
    /// <summary>The exit code.</summary>
    public int ExitCode { get; } = exitCode;
}
