namespace Sync.Confd.Options;

/// <summary>A command line taken apart by the rules of Go's flag package.</summary>
/// <param name="Values">The values given, by flag, in order of appearance.</param>
/// <param name="Arguments">What is not a flag.</param>
/// <param name="Fault">What is wrong, one sentence; null when nothing is.</param>
internal sealed record CommandLine(
    IReadOnlyDictionary<Flag, IReadOnlyList<string>> Values, IReadOnlyList<string> Arguments, string? Fault)
{
    /// <summary>Whether <c>-h</c> or <c>-help</c> was given.</summary>
    public bool AsksForHelp { get; private init; }

    /// <summary>Whether <c>-version</c> was given.</summary>
    public bool AsksForVersion { get; private init; }

    /// <summary>Takes a command line apart.</summary>
    /// <param name="words">The words after the program's name.</param>
    /// <remarks>
    /// One dash or two, <c>-name value</c> or <c>-name=value</c>; a truth takes a value only behind <c>=</c>. Unlike
    /// Go, flags may follow a word that is none, so that <c>confd etcd -watch</c> works. <c>--</c> ends the flags.
    /// Source: Go's documentation of package <c>flag</c>.
    /// </remarks>
    public static CommandLine Parse(IReadOnlyList<string> words)
    {
        var values = new Dictionary<Flag, List<string>>();
        var arguments = new List<string>();
        var (asksForHelp, asksForVersion) = (false, false);
        string? fault = null;
        for (var position = 0; position < words.Count && fault is null; position++)
        {
            var word = words[position];
            if (word == "--")
            {
                arguments.AddRange(words.Skip(position + 1));
                break;
            }

            if (word.Length < 2 || word[0] != '-')
            {
                arguments.Add(word);
                continue;
            }

            var (name, value) = Split(word);
            if (name is "h" or "help" or "version")
            {
                var isWanted = value is null || GoBoolean.Parse(value) == true;
                asksForHelp |= name != "version" && isWanted;
                asksForVersion |= name == "version" && isWanted;
                continue;
            }

            if (name.Length == 0 || name[0] is '-' or '=')
            {
                fault = $"bad flag syntax: {word}";
            }
            else if (Flags.Find(name) is not { } flag)
            {
                fault = $"flag provided but not defined: -{name}";
            }
            else if ((value ?? ValueAfter(flag, words, ref position)) is not { } given)
            {
                fault = $"flag needs an argument: -{name}";
            }
            else if (flag.Fault(given) is { } reason)
            {
                var kind = flag.Kind == FlagKind.Truth ? "boolean value" : "value";
                var joint = flag.Kind == FlagKind.Truth ? "for" : "for flag";
                fault = $"invalid {kind} \"{given}\" {joint} -{name}: {reason}";
            }
            else
            {
                Add(values, flag, given);
            }
        }

        return new CommandLine(
            values.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value), arguments, fault)
        {
            AsksForHelp = asksForHelp,
            AsksForVersion = asksForVersion,
        };
    }

    private static (string Name, string? Value) Split(string word)
    {
        var body = word[(word.StartsWith("--", StringComparison.Ordinal) ? 2 : 1)..];
        var sign = body.IndexOf('=', StringComparison.Ordinal);
        return sign > 0 ? (body[..sign], body[(sign + 1)..]) : (body, null);
    }

    private static string? ValueAfter(Flag flag, IReadOnlyList<string> words, ref int position)
    {
        if (flag.Kind == FlagKind.Truth)
        {
            return "true";
        }

        return position + 1 < words.Count ? words[++position] : null;
    }

    private static void Add(Dictionary<Flag, List<string>> values, Flag flag, string value)
    {
        if (!values.TryGetValue(flag, out var list))
        {
            values.Add(flag, list = []);
        }

        if (flag.Kind != FlagKind.List)
        {
            list.Clear();
        }

        list.Add(value);
    }
}
