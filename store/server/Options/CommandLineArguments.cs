using System.CommandLine;

namespace Sync.Store.Options;

/// <summary>The arguments as etcd would read them: command line first, then <c>ETCD_*</c> variables.</summary>
/// <param name="Arguments">Arguments in the form that the flags are defined in: two dashes, and each flag once.</param>
/// <param name="Variables">The variable that each flag was taken from, by the flag's name without dashes.</param>
/// <param name="Warnings">Sentences about variables and flags that had no effect.</param>
/// <param name="Faults">Sentences about switches whose value is none.</param>
/// <remarks>Source: etcd configuration, precedence of flags and environment variables.</remarks>
internal sealed record CommandLineArguments(
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Variables,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> Faults)
{
    private const string Prefix = "ETCD_";
    private const string OlderPrefix = "ETCD_EXPERIMENTAL_";

    /// <summary>Joins the command line with the environment.</summary>
    /// <param name="arguments">The process's arguments; one dash is taken as two, and of a flag that is repeated the last
    /// counts, as in Go programs.</param>
    /// <param name="environment">All environment variables.</param>
    /// <param name="options">The known flags.</param>
    public static CommandLineArguments Join(
        IEnumerable<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        IEnumerable<Option> options)
    {
        var known = BySpelling(options);
        var (spelled, others) = Read([.. arguments.Select(WithTwoDashes)], known);
        var warnings = new List<string>();
        var values = TakeNewer(spelled, known, warnings);
        var variables = ReadVariables(environment, known, values, warnings);
        foreach (var (flag, (_, value)) in variables)
        {
            values[flag] = value;
        }

        var joined = new List<string>(others);
        var faults = new List<string>();
        foreach (var (flag, value) in values)
        {
            if (known[flag].ValueType != typeof(bool))
            {
                joined.AddRange(value.Length > 0 ? [$"--{flag}={value}"] : [$"--{flag}", ""]);
            }
            else if (GoSwitch.Parse(value) is { } isOn)
            {
                joined.Add($"--{flag}={isOn}");
            }
            else
            {
                faults.Add($"--{flag}: {value} is neither true nor false.");
            }
        }

        return new CommandLineArguments(
            joined,
            variables.ToDictionary(pair => pair.Key, pair => pair.Value.Name, StringComparer.Ordinal),
            warnings,
            faults);
    }

    /// <summary>A sentence about a flag, which names the flag's variable as well when the value came from there.</summary>
    /// <param name="fault">The sentence; the flag stands at its beginning.</param>
    public string WithOrigin(string fault) =>
        Variables.GetValueOrDefault(NameOf(fault.Split([':', '[', ' '], 2)[0])) is { } variable
            ? $"{variable}, which is {fault}"
            : fault;

    private static Dictionary<string, Option> BySpelling(IEnumerable<Option> options)
    {
        var known = options.ToDictionary(option => NameOf(option.Name), StringComparer.Ordinal);
        foreach (var (flag, option) in known.ToList())
        {
            if (ExperimentalSpellings.Of(flag) is { } older)
            {
                known[older] = option;
            }
        }

        return known;
    }

    // The values by the present names of their flags. What is spelled both ways is as the newer one says.
    private static Dictionary<string, string> TakeNewer(
        Dictionary<string, string> spelled, Dictionary<string, Option> known, List<string> warnings)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (spelling, value) in spelled)
        {
            var flag = NameOf(known[spelling].Name);
            if (spelling != flag && spelled.ContainsKey(flag))
            {
                warnings.Add($"--{spelling} has no effect beside --{flag}, its newer spelling.");
            }
            else
            {
                values[flag] = value;
            }
        }

        return values;
    }

    // What the variables say of flags that the command line is silent about, by the flag.
    private static Dictionary<string, (string Name, string Value)> ReadVariables(
        IEnumerable<KeyValuePair<string, string>> environment,
        Dictionary<string, Option> known,
        Dictionary<string, string> onCommandLine,
        List<string> warnings)
    {
        var read = new Dictionary<string, (string Name, string Value)>(StringComparer.Ordinal);
        foreach (var (variable, value) in environment
            .Where(pair => pair.Key.StartsWith(Prefix, StringComparison.Ordinal) && !LegacyFlags.Contains(FlagOf(pair.Key)))
            .OrderBy(pair => pair.Key.StartsWith(OlderPrefix, StringComparison.Ordinal))
            .ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var spelling = FlagOf(variable);
            if (!known.TryGetValue(spelling, out var option))
            {
                warnings.Add($"The environment variable {variable} belongs to no flag and has no effect.");
            }
            else if (NameOf(option.Name) is var flag && onCommandLine.ContainsKey(flag))
            {
                warnings.Add($"The environment variable {variable} is shadowed by --{flag}.");
            }
            else if (spelling != flag && read.TryGetValue(flag, out var newer))
            {
                warnings.Add($"The environment variable {variable} is shadowed by {newer.Name}.");
            }
            else if (value.Length > 0)
            {
                read[flag] = (variable, value);
            }
        }

        return read;
    }

    // The last values by spelling, and the words that are no flag with a value, for the parser to judge.
    private static (Dictionary<string, string> Values, List<string> Others) Read(
        string[] words, Dictionary<string, Option> known)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var others = new List<string>();
        for (var place = 0; place < words.Length; place++)
        {
            var word = words[place];
            var name = NameOf(word);
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (word == "-v" || LegacyFlags.Contains(name))
            {
                continue;
            }

            if (!known.TryGetValue(name, out var option) || option.Arity.MaximumNumberOfValues == 0)
            {
                others.Add(word);
            }
            else if (equals >= 0)
            {
                values[name] = word[(equals + 1)..];
            }
            else if (option.ValueType == typeof(bool))
            {
                values[name] = "true";
            }
            else if (place + 1 < words.Length)
            {
                values[name] = words[++place];
            }
            else
            {
                others.Add(word);
            }
        }

        return (values, others);
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
