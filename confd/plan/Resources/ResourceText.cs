using Sync.Confd.Plan.Scheduling;
using Sync.Confd.Plan.Toml;
using Sync.Templates;

namespace Sync.Confd.Plan.Resources;

/// <summary>What one resource file declares.</summary>
/// <param name="Resources">The resources that can be used, in the order of the file.</param>
/// <param name="Diagnostics">Every error and warning; an error belongs to a resource that is left out.</param>
public sealed record ResourceText(IReadOnlyList<Resource> Resources, IReadOnlyList<Diagnostic> Diagnostics)
{
    private const int PermissionBits = 0b111_111_111;

    /// <summary>Reads a resource file: one <c>[template]</c> table, or several <c>[[template]]</c>.</summary>
    /// <param name="file">The file's name in messages.</param>
    /// <param name="text">Its content.</param>
    /// <returns>All faults at once; a faulty resource does not take the others of the file with it.</returns>
    /// <remarks>Source: confd, <c>docs/template-resources.md</c>.</remarks>
    public static ResourceText Parse(string file, string text)
    {
        var toml = TomlText.Parse(file, text);
        if (toml.Faults.Count > 0)
        {
            return new ResourceText([], toml.Faults);
        }

        var tables = toml.Sections.Where(section => section.Name == "template").ToList();
        if (tables.Count == 0)
        {
            return new ResourceText([], [Diagnostic.Error(file, 0, "src",
                "empty src template; begin the file with a [template] table that names src, dest and keys")]);
        }

        var readers = tables.ConvertAll(table => new ResourceReader(file, table));
        return new ResourceText(
            [.. readers.Select(reader => reader.Read()).OfType<Resource>()],
            [.. readers.SelectMany(reader => reader.Diagnostics)]);
    }

    /// <summary>The language that a template's name says.</summary>
    public static TemplateLanguage LanguageOf(string source) =>
        Path.GetExtension(source) is ".sbn" or ".sbntxt" or ".scriban" or ".scriban-txt" ? TemplateLanguage.Scriban : TemplateLanguage.Go;

    /// <summary>Reads permission bits: <c>0644</c>, <c>0o644</c>, or <c>644</c>, which means the same.</summary>
    /// <returns>Null when the text is no number, or has bits that no permission has.</returns>
    internal static int? ParseMode(string text)
    {
        var isBareOctal = text.Length > 0 && text[0] != '0' && text.All(digit => digit is >= '0' and <= '7');
        var value = GoInteger.Parse(isBareOctal ? "0" + text : text);
        return value is >= 0 and <= 0xFFF ? (int)value & PermissionBits : null;
    }

    /// <summary>Reads one table; the readers of a file share nothing.</summary>
    private sealed class ResourceReader(string file, TomlSection table)
    {
        private static readonly string[] Known =
        [
            "src", "dest", "keys", "prefix", "mode", "uid", "gid", "owner", "group", "check_cmd", "reload_cmd",
            "check_cmd_timeout", "reload_cmd_timeout", "min_reload_interval", "debounce", "engine", "required_keys",
            "min_keys", "funcs", "missing_key", "delims", "contents", "create_dest_dirs", "write_mode", "follow_symlink", "sensitive", "enabled",
        ];

        private readonly List<Diagnostic> _diagnostics = [];

        public IReadOnlyList<Diagnostic> Diagnostics => _diagnostics;

        /// <summary>The resource, or null when it is faulty or switched off.</summary>
        public Resource? Read()
        {
            WarnOfUnknownKeys();
            var source = Text("src") ?? "";
            var resource = new Resource
            {
                File = file,
                Source = source,
                Contents = Find("contents") is null ? null : Text("contents"),
                Destination = Text("dest") ?? "",
                Keys = Texts("keys"),
                Prefix = Text("prefix") ?? "",
                Mode = Mode(),
                UserId = Identity("uid"),
                GroupId = Identity("gid"),
                Owner = Text("owner") ?? "",
                Group = Text("group") ?? "",
                CheckCommand = Command("check_cmd"),
                ReloadCommand = Command("reload_cmd"),
                CheckTimeout = Duration("check_cmd_timeout"),
                ReloadTimeout = Duration("reload_cmd_timeout"),
                ReloadInterval = Duration("min_reload_interval") ?? TimeSpan.Zero,
                Wait = Wait(),
                Language = Language(source),
                Functions = Choice<FunctionSet?>("funcs", null, ("auto", null), ("confd", FunctionSet.Confd),
                    ("yunify", FunctionSet.Yunify), ("abtreece", FunctionSet.Abtreece), ("consul-template", FunctionSet.ConsulTemplate)),
                MissingKey = Choice<MissingKey?>("missing_key", null, ("default", MissingKey.Default), ("error", MissingKey.Error),
                    ("zero", MissingKey.Zero)),
                Delimiters = Delimiters(),
                RequiredKeys = Texts("required_keys"),
                KeysMin = (int)(Number("min_keys") ?? 0),
                CreatesFolders = Truth("create_dest_dirs") ?? true,
                WriteMode = Writing(),
                FollowsLink = Truth("follow_symlink") ?? false,
                IsSensitive = Truth("sensitive") ?? false,
            };
            var isEnabled = Truth("enabled") ?? true;

            RequireTemplate(resource);
            Require("dest", resource.Destination, "required field is missing; name the file to write");
            return isEnabled && !_diagnostics.Any(diagnostic => diagnostic.IsError) ? resource : null;
        }

        private void WarnOfUnknownKeys()
        {
            foreach (var entry in table.Entries.Where(entry => !Known.Contains(entry.Name)))
            {
                var nearest = NearestName.Of(entry.Name, Known);
                _diagnostics.Add(Diagnostic.Warning(file, entry.Line, entry.Key,
                    nearest is null ? "unknown key, ignored" : $"unknown key, ignored; did you mean {nearest}?"));
            }
        }

        private TomlEntry? Find(string name) => table.Entries.LastOrDefault(entry => entry.Name == name);

        private string? Text(string name) => Find(name) is { } entry
            ? Expect<TomlValue.Words>(entry, entry.Value, "a string")?.Value
            : null;

        private bool? Truth(string name) => Find(name) is { } entry
            ? Expect<TomlValue.Truth>(entry, entry.Value, "true or false")?.Value
            : null;

        private long? Number(string name) => Find(name) is { } entry
            ? Expect<TomlValue.Number>(entry, entry.Value, "an integer")?.Value
            : null;

        private List<string> Texts(string name)
        {
            if (Find(name) is not { } entry)
            {
                return [];
            }

            var items = Expect<TomlValue.List>(entry, entry.Value, "an array of strings")?.Items ?? [];
            return [.. items.Select(item => Expect<TomlValue.Words>(entry, item, "an array of strings")?.Value ?? "")];
        }

        private int? Identity(string name)
        {
            var value = Number(name);
            if (value is < -1 or > int.MaxValue)
            {
                Fault(name, $"must be a user or group number, got {value}; -1 or no {name} means confd's own");
            }

            return value is null or < 0 or > int.MaxValue ? null : (int)value;
        }

        private int? Mode()
        {
            if (Text("mode") is not { Length: > 0 } text)
            {
                return null;
            }

            var mode = ParseMode(text);
            if (mode is null)
            {
                Fault("mode", $"must be a valid octal value (e.g., \"0644\"), got \"{text}\"");
            }
            else if (text[0] != '0')
            {
                Warn("mode", $"\"{text}\" is taken as octal; write \"0{text}\" to be clear");
            }

            return mode;
        }

        private Command? Command(string name)
        {
            if (Find(name) is not { } entry || entry.Value is TomlValue.Words { Value: "" })
            {
                return null;
            }

            var command = entry.Value is TomlValue.List
                ? new Command(Texts(name), UsesShell: false)
                : new Command([Text(name) ?? ""], UsesShell: true);
            if (command.Words.Count == 0 || command.Words[0].Length == 0)
            {
                Fault(name, "names no program; write a string for the shell or an array of words");
            }
            else if (command.Fault() is { } fault)
            {
                Fault(name, $"invalid {name} template: {fault}");
            }

            return command;
        }

        private TimeSpan? Duration(string name)
        {
            if (Text(name) is not { Length: > 0 } text)
            {
                return null;
            }

            var duration = GoDuration.Parse(text);
            if (duration is null || duration < TimeSpan.Zero)
            {
                Fault(name, $"invalid duration: \"{text}\" (use a number with a unit, such as 500ms, 30s or 2m)");
            }

            return duration;
        }

        private Quiescence? Wait()
        {
            if (Text("debounce") is not { Length: > 0 } text)
            {
                return null;
            }

            var wait = Quiescence.Parse(text);
            if (wait is null)
            {
                Fault("debounce", $"invalid duration: \"{text}\" (use MIN or MIN:MAX, such as 2s or 2s:10s)");
            }

            return wait;
        }

        private TemplateLanguage Language(string source)
        {
            switch (Text("engine"))
            {
                case null or "":
                    return LanguageOf(source);
                case "scriban":
                    return TemplateLanguage.Scriban;
                case "gotmpl":
                    return TemplateLanguage.Go;
                case var other:
                    Fault("engine", $"unknown engine \"{other}\" (supported: gotmpl, scriban)");
                    return TemplateLanguage.Go;
            }
        }

        private void RequireTemplate(Resource resource)
        {
            if (resource.Contents is null)
            {
                Require("src", resource.Source, "empty src template; name a file below the templates folder");
            }
            else if (resource.Source.Length > 0)
            {
                Fault("contents", "stands for the file that src names; give one of them");
            }

            if (resource.Delimiters is not null && resource.Language == TemplateLanguage.Scriban)
            {
                Fault("delims", "are those of Go templates; a Scriban template has {{ and }}");
            }
        }

        private Delimiters? Delimiters()
        {
            if (Find("delims") is null)
            {
                return null;
            }

            if (Texts("delims") is [{ Length: > 0 } left, { Length: > 0 } right])
            {
                return new Delimiters(left, right);
            }

            Fault("delims", "must be what opens and what closes an action, such as [\"<<\", \">>\"]");
            return null;
        }

        private T Choice<T>(string name, T usual, params (string Name, T Value)[] choices)
        {
            if (Text(name) is not { Length: > 0 } text)
            {
                return usual;
            }

            foreach (var choice in choices.Where(choice => choice.Name == text))
            {
                return choice.Value;
            }

            Fault(name, $"unknown value \"{text}\" (supported: {string.Join(", ", choices.Select(choice => choice.Name))})");
            return usual;
        }

        private WriteMode Writing()
        {
            switch (Text("write_mode"))
            {
                case null or "" or "auto":
                    return WriteMode.Auto;
                case "rename":
                    return WriteMode.Rename;
                case "inplace":
                    return WriteMode.InPlace;
                case var other:
                    Fault("write_mode", $"unknown mode \"{other}\" (supported: auto, rename, inplace)");
                    return WriteMode.Auto;
            }
        }

        private T? Expect<T>(TomlEntry entry, TomlValue value, string wanted)
            where T : TomlValue
        {
            if (value is T expected)
            {
                return expected;
            }

            Fault(entry.Name, $"incompatible types: TOML value has type {value.Kind}; write {wanted}");
            return null;
        }

        private void Require(string name, string value, string message)
        {
            var isFaulty = _diagnostics.Any(diagnostic => diagnostic.IsError && diagnostic.Field == name);
            if (value.Length == 0 && !isFaulty)
            {
                Fault(name, message);
            }
        }

        private void Fault(string name, string message) =>
            _diagnostics.Add(Diagnostic.Error(file, Find(name)?.Line ?? table.Line, name, message));

        private void Warn(string name, string message) =>
            _diagnostics.Add(Diagnostic.Warning(file, Find(name)?.Line ?? table.Line, name, message));
    }
}
