namespace Sync.Confd.Options;

/// <summary>Reads the words of a command line that are no flags: a backend's name, or <c>plan</c>.</summary>
internal static class Verbs
{
    /// <summary>Turns the words into settings.</summary>
    /// <returns>The settings that the words stand for, and what is wrong with the command line.</returns>
    public static (SettingLayer Settings, string? Fault) Read(CommandLine line)
    {
        var values = new Dictionary<Flag, Setting>();
        var fault = line.Fault;
        foreach (var word in line.Arguments)
        {
            if (word == "plan")
            {
                values[Flags.OneTime] = values[Flags.Noop] = values[Flags.Differences] = new Setting("plan", ["true"]);
            }
            else if (SettingsReader.BackendNamed(word) is null || values.ContainsKey(Flags.Backend))
            {
                fault ??= $"unexpected argument \"{word}\"";
            }
            else
            {
                fault ??= Contradiction(line, word);
                values[Flags.Backend] = new Setting(word, [word]);
            }
        }

        return (new SettingLayer(values, []), fault);
    }

    private static string? Contradiction(CommandLine line, string verb) =>
        line.Values.GetValueOrDefault(Flags.Backend)?[^1] is { } flag
        && SettingsReader.BackendNamed(flag) != SettingsReader.BackendNamed(verb)
            ? $"-backend {flag} contradicts the command {verb}; give one of them"
            : null;
}
