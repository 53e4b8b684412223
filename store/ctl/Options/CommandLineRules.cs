using System.CommandLine;

namespace Sync.Store.Ctl.Options;

/// <summary>
/// Three rules of etcdctl's command line: a switch takes its value only after <c>=</c>, a word that begins
/// with a dash is an option or an error, until <c>--</c>, and of an option that is repeated the last counts, but that
/// addresses add up.
/// </summary>
internal static class CommandLineRules
{
    private const string AddingUp = "--endpoints";

    /// <summary>Spells switches out, so that the word after one is an argument.</summary>
    /// <param name="root">The commands and their options.</param>
    /// <param name="words">The command line, without the program.</param>
    /// <exception cref="ControlFailure">An option is unknown.</exception>
    public static IReadOnlyList<string> Apply(RootCommand root, IReadOnlyList<string> words)
    {
        var options = Known(root);
        Command command = root;
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
                command = command.Subcommands.FirstOrDefault(below => below.Name == word) ?? command;
                applied.Add(word);
                continue;
            }

            var name = word.Split('=')[0];
            if (!Own(command).TryGetValue(name, out var isSwitch) && !options.TryGetValue(name, out isSwitch))
            {
                throw new ControlFailure(ExitCode.Error, $"unknown flag: {name}");
            }

            var spelled = isSwitch && word == name ? $"{name}=true" : word;
            if (!isSwitch && word == name && place + 1 < words.Count)
            {
                place++;
                spelled = $"{name}={words[place]}";
            }

            var earlier = applied.FindIndex(
                earlier => earlier.StartsWith('-') && IsSame(command, root, earlier.Split('=')[0], name));
            if (earlier >= 0)
            {
                spelled = name == AddingUp ? $"{applied[earlier]},{spelled[(name.Length + 1)..]}" : spelled;
                applied.RemoveAt(earlier);
            }

            applied.Add(spelled);
        }

        return applied;
    }

    // Whether two spellings mean one option.
    private static bool IsSame(Command command, RootCommand root, string first, string second) =>
        first == second || command.Options.Concat(root.Options).Any(option =>
            option.Aliases.Append(option.Name).Contains(first) && option.Aliases.Append(option.Name).Contains(second));

    // Whether each option of any command is a switch.
    private static Dictionary<string, bool> Known(Command command)
    {
        var known = command.Subcommands.SelectMany(Known).DistinctBy(option => option.Key).ToDictionary();
        foreach (var (name, isSwitch) in Own(command))
        {
            known[name] = isSwitch;
        }

        return known;
    }

    // One name may be a switch of one command and have a value at another.
    private static Dictionary<string, bool> Own(Command command) => command.Options
        .SelectMany(option => option.Aliases.Append(option.Name), (option, name) => (name, option.ValueType == typeof(bool)))
        .ToDictionary();
}
