namespace Sync.Store.Options;

/// <summary>The arguments as etcd would read them: command line first, then <c>ETCD_*</c> variables.</summary>
/// <param name="Arguments">Arguments in the form that the flags are defined in, with two dashes.</param>
/// <param name="Warnings">Sentences about variables that had no effect.</param>
/// <remarks>Source: etcd configuration, precedence of flags and environment variables.</remarks>
internal sealed record CommandLineArguments(IReadOnlyList<string> Arguments, IReadOnlyList<string> Warnings)
{
    private const string Prefix = "ETCD_";

    /// <summary>Joins the command line with the environment.</summary>
    /// <param name="arguments">The process's arguments; one dash is taken as two, as Go programs do.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="flagNames">The known flags, without dashes.</param>
    public static CommandLineArguments Join(
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        IEnumerable<string> flagNames)
    {
        var joined = arguments.Select(WithTwoDashes).ToList();
        var onCommandLine = joined.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        var known = flagNames.ToHashSet(StringComparer.Ordinal);
        var warnings = new List<string>();
        foreach (var (variable, value) in environment
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var flag = FlagOf(variable);
            if (!known.Contains(flag))
            {
                warnings.Add($"The environment variable {variable} belongs to no flag and has no effect.");
            }
            else if (onCommandLine.Contains(flag))
            {
                warnings.Add($"The environment variable {variable} is shadowed by --{flag}.");
            }
            else if (value.Length > 0)
            {
                joined.Add($"--{flag}={value}");
            }
        }

        return new CommandLineArguments(joined, warnings);
    }

    private static string WithTwoDashes(string argument) =>
        argument.Length > 2 && argument[0] == '-' && argument[1] != '-' && char.IsLetter(argument[1])
            ? "-" + argument
            : argument;

    private static string NameOf(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..].Split('=', 2)[0] : "";

#pragma warning disable CA1308 // The rule would have upper case for comparisons; flags are written in lower case.
    private static string FlagOf(string variable) =>
        variable[Prefix.Length..].ToLowerInvariant().Replace('_', '-');
#pragma warning restore CA1308
}
