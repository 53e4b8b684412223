using Sync.Confd.Plan.Resources;
using Sync.Confd.Plan.Toml;

namespace Sync.Confd.Options;

/// <summary>The settings that one place gives: the command line, the environment or confd.toml.</summary>
/// <param name="Values">The texts by flag, with where each stands.</param>
/// <param name="Diagnostics">What is wrong or odd in that place.</param>
internal sealed record SettingLayer(
    IReadOnlyDictionary<Flag, Setting> Values, IReadOnlyList<Diagnostic> Diagnostics)
{
    /// <summary>A place that gives nothing.</summary>
    public static readonly SettingLayer Empty = new(new Dictionary<Flag, Setting>(), []);

    /// <summary>The settings of the command line.</summary>
    public static SettingLayer Of(CommandLine line) => new(
        line.Values.ToDictionary(pair => pair.Key, pair => new Setting($"flag -{pair.Key.Name}", pair.Value)), []);

    /// <summary>The settings of the environment.</summary>
    /// <param name="variables">All variables.</param>
    /// <param name="readFile">Gives a file's text for <c>NAME_FILE</c>, without the line end, or null.</param>
    public static SettingLayer OfEnvironment(
        IReadOnlyDictionary<string, string> variables, Func<string, string?> readFile)
    {
        var values = new Dictionary<Flag, Setting>();
        var diagnostics = new List<Diagnostic>();
        foreach (var flag in Flags.All)
        {
            var fileVariable = flag.Variable + "_FILE";
            if (variables.GetValueOrDefault(flag.Variable) is { Length: > 0 } text)
            {
                Add(flag, flag.Variable, flag.Kind == FlagKind.List ? text.Split(',') : [text]);
            }
            else if (flag.IsSecret && variables.GetValueOrDefault(fileVariable) is { Length: > 0 } path)
            {
                if (readFile(path) is { } secret)
                {
                    Add(flag, fileVariable, [secret]);
                }
                else
                {
                    diagnostics.Add(Diagnostic.Error(
                        fileVariable, 0, "", $"cannot read {path}; name a file that this user may read"));
                }
            }
        }

        return new SettingLayer(values, diagnostics);

        void Add(Flag flag, string variable, IReadOnlyList<string> texts)
        {
            var fault = texts.Select(flag.Fault).FirstOrDefault(reason => reason is not null);
            if (fault is null)
            {
                values.Add(flag, new Setting(variable, texts));
                return;
            }

            diagnostics.Add(Diagnostic.Error(variable, 0, "", $"invalid value \"{texts[0]}\": {fault}"));
        }
    }

    /// <summary>The settings of confd.toml.</summary>
    /// <param name="file">Its name in messages.</param>
    /// <param name="text">Its content.</param>
    public static SettingLayer OfFile(string file, string text)
    {
        var toml = TomlText.Parse(file, text);
        if (toml.Faults.Count > 0)
        {
            return new SettingLayer(Empty.Values, toml.Faults);
        }

        var values = new Dictionary<Flag, Setting>();
        var diagnostics = new List<Diagnostic>();
        foreach (var section in toml.Sections.Where(section => section.Name.Length > 0))
        {
            diagnostics.Add(Diagnostic.Warning(file, section.Line, section.Name, "unknown table, ignored"));
        }

        foreach (var entry in toml.Sections[0].Entries)
        {
            var flag = Flags.All.FirstOrDefault(candidate =>
                Squeeze(candidate.FileKey) == Squeeze(entry.Name) || Squeeze(candidate.Name) == Squeeze(entry.Name));
            if (flag is null)
            {
                var nearest = NearestName.Of(entry.Name, Flags.All.Select(known => known.FileKey));
                diagnostics.Add(Diagnostic.Warning(file, entry.Line, entry.Key,
                    nearest is null ? "unknown key, ignored" : $"unknown key, ignored; did you mean {nearest}?"));
            }
            else if (TextsOf(flag, entry.Value) is not { } texts || texts.Any(item => flag.Fault(item) is not null))
            {
                diagnostics.Add(Diagnostic.Error(file, entry.Line, entry.Key,
                    $"incompatible types: TOML value has type {entry.Value.Kind}; write {WantedBy(flag.Kind)}"));
            }
            else
            {
                values[flag] = new Setting($"{file}:{entry.Line}", texts);
            }
        }

        return new SettingLayer(values, diagnostics);
    }

    // The original also reads keys without any joint, such as keepstagefile and configfile.
    private static string Squeeze(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    private static IReadOnlyList<string>? TextsOf(Flag flag, TomlValue value) => (flag.Kind, value) switch
    {
        (FlagKind.Truth, TomlValue.Truth truth) => [truth.Value ? "true" : "false"],
        (FlagKind.Number or FlagKind.Seconds, TomlValue.Number number) => [$"{number.Value}"],
        (FlagKind.Text or FlagKind.Duration or FlagKind.Seconds, TomlValue.Words words) => [words.Value],
        (FlagKind.List, TomlValue.List list) when list.Items.All(item => item is TomlValue.Words) =>
            [.. list.Items.OfType<TomlValue.Words>().Select(words => words.Value)],
        _ => null,
    };

    private static string WantedBy(FlagKind kind) => kind switch
    {
        FlagKind.Truth => "true or false",
        FlagKind.Number => "an integer",
        FlagKind.Seconds => "a number of seconds or a duration such as \"10m\"",
        FlagKind.Duration => "a duration such as \"30s\"",
        FlagKind.Text => "a string",
        FlagKind.List => "an array of strings",
    };
}

/// <summary>A value as text, and where it stands.</summary>
/// <param name="Origin">The place, for messages.</param>
/// <param name="Texts">One text, or several for a list.</param>
internal sealed record Setting(string Origin, IReadOnlyList<string> Texts);
