using System.CommandLine;

namespace Sync.Store.Ctl.Options;

/// <summary>
/// Two rules of etcdctl's command line: a switch takes its value only after <c>=</c>, and a word that begins
/// with a dash is an option or an error, until <c>--</c>.
/// </summary>
internal static class CommandLineRules
{
    /// <summary>Spells switches out, so that the word after one is an argument.</summary>
    /// <param name="root">The commands and their options.</param>
    /// <param name="words">The command line, without the program.</param>
    /// <exception cref="ControlFailure">An option is unknown.</exception>
    public static IReadOnlyList<string> Apply(RootCommand root, IReadOnlyList<string> words)
    {
        var options = Known(root);
        var applied = new List<string>();
        for (var place = 0; place < words.Count; place++)
        {
            var word = words[place];
            if (word == "--")
            {
                return [.. applied, .. words.Skip(place)];
            }

            if (word.Length < 2 || word[0] != '-')
            {
                applied.Add(word);
                continue;
            }

            var name = word.Split('=')[0];
            if (!options.TryGetValue(name, out var isSwitch))
            {
                throw new ControlFailure(ExitCode.Error, $"unknown flag: {name}");
            }

            applied.Add(isSwitch && word == name ? $"{name}=true" : word);
            if (!isSwitch && word == name && place + 1 < words.Count)
            {
                place++;
                applied[^1] = $"{name}={words[place]}";
            }
        }

        return applied;
    }

    // Whether each option of any command is a switch. No two commands give one name two meanings.
    private static Dictionary<string, bool> Known(Command command)
    {
        var known = command.Subcommands.SelectMany(Known).DistinctBy(option => option.Key).ToDictionary();
        foreach (var option in command.Options)
        {
            foreach (var name in option.Aliases.Append(option.Name))
            {
                known[name] = option.ValueType == typeof(bool);
            }
        }

        return known;
    }
}
