using System.CommandLine;
using System.CommandLine.Help;

namespace Sync.Metad.Options;

/// <summary>What a command line asks for.</summary>
internal abstract record CommandLine
{
    private CommandLine()
    {
    }

    /// <summary>Runs the program.</summary>
    /// <param name="ConfigurationFile">The file to read first; null reads none.</param>
    /// <param name="Settings">The flags that were given, in order, as text.</param>
    internal sealed record Run(string? ConfigurationFile, IReadOnlyList<KeyValuePair<MetadFlag, string>> Settings)
        : CommandLine;

    /// <summary>Prints the version.</summary>
    internal sealed record ShowVersion : CommandLine;

    /// <summary>Prints the help.</summary>
    internal sealed record ShowHelp : CommandLine;

    /// <summary>Refuses the line.</summary>
    /// <param name="Problems">One sentence each.</param>
    internal sealed record Unusable(IReadOnlyList<string> Problems) : CommandLine;

    /// <summary>Reads a command line: one or two dashes, <c>--flag value</c> or <c>--flag=value</c>.</summary>
    /// <param name="arguments">Without the program's name.</param>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var command = Command(out var options, out var configuration, out var version);
        var result = command.Parse(Normalized(arguments), new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is HelpAction)
        {
            return new ShowHelp();
        }

        var strays = result.UnmatchedTokens.Select(token => token.StartsWith('-')
            ? $"flag provided but not defined: {token}"
            : $"stray argument: {token} (a switch takes its value as --flag=value)");
        string[] problems = result.UnmatchedTokens.Count > 0
            ? [.. strays]
            : [.. result.Errors.Select(error => error.Message)];
        if (problems.Length > 0)
        {
            return new Unusable(problems);
        }

        if (result.GetValue(version))
        {
            return new ShowVersion();
        }

        var settings =
            from pair in options
            where result.GetResult(pair.Value) is { Implicit: false }
            from text in result.GetValue(pair.Value) ?? []
            select new KeyValuePair<MetadFlag, string>(pair.Key, text);
        return new Run(result.GetValue(configuration), [.. settings]);
    }

    /// <summary>Prints the flags.</summary>
    /// <param name="output">Where to.</param>
    public static void WriteHelp(TextWriter output) =>
        Command(out _, out _, out _).Parse(["--help"]).Invoke(new InvocationConfiguration { Output = output });

    private static RootCommand Command(
        out Dictionary<MetadFlag, Option<string[]>> options, out Option<string?> configuration, out Option<bool> version)
    {
        options = MetadFlags.All.ToDictionary(flag => flag, OptionOf);
        configuration = new("--config") { Description = "A YAML file with the same names; flags win over it." };
        version = new("--version") { Description = "Prints the version." };
        var command = new RootCommand("metad answers who-am-I from the keys of a store.");
        command.Options.Remove(command.Options.OfType<VersionOption>().Single());
        command.Options.Add(configuration);
        command.Options.Add(version);
        foreach (var option in options.Values)
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static Option<string[]> OptionOf(MetadFlag flag) => new($"--{flag.Name}")
    {
        Description = flag.Description + (flag.Default.Length == 0 ? "" : $" Default: {flag.Default}.")
            + (flag.IsLive ? " SIGHUP reads it anew." : ""),
        Arity = flag.IsSwitch ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        HelpName = flag.IsSwitch ? "" : flag.Name,
    };

    // Go's flags stop no switch at the next word, so a switch gets its value here and never takes a word after it.
    private static List<string> Normalized(IReadOnlyList<string> arguments)
    {
        var normalized = new List<string>();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (!argument.StartsWith('-') || argument.Length < 2)
            {
                normalized.Add(argument);
                continue;
            }

            var name = argument.TrimStart('-');
            var equals = name.IndexOf('=', StringComparison.Ordinal);
            var flag = MetadFlags.Find(equals < 0 ? name : name[..equals]);
            if (equals < 0 && flag is { IsSwitch: true })
            {
                normalized.Add($"--{name}=true");
            }
            else if (equals < 0 && flag is not null && index + 1 < arguments.Count)
            {
                normalized.AddRange(Given(name, arguments[++index]));
            }
            else if (flag is not null && equals >= 0)
            {
                normalized.AddRange(Given(name[..equals], name[(equals + 1)..]));
            }
            else
            {
                normalized.Add(name is "h" or "?" ? argument : $"--{name}");
            }
        }

        return normalized;
    }

    // Joined, a value may begin with a dash; an empty one can only stand alone.
    private static string[] Given(string name, string value) =>
        value.Length == 0 ? [$"--{name}", ""] : [$"--{name}={value}"];
}
