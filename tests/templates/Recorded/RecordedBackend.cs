using System.Globalization;
using System.Text.Json;
using Sync.Templates.Keys;
using YamlDotNet.RepresentationModel;

namespace Sync.Templates.Tests.Recorded;

/// <summary>The keys that confd's file and env backends would have given the template of a case.</summary>
internal static class RecordedBackend
{
    public static KeySnapshot Keys(JsonElement recorded)
    {
        var prefix = "/" + (Corpus.Text(recorded, "global_prefix") ?? Corpus.Text(recorded, "prefix") ?? "").Trim('/');
        var wanted = recorded.GetProperty("keys").EnumerateArray()
            .Select(key => Join(prefix, key.GetString() ?? "")).ToList();
        var selected = recorded.TryGetProperty("env", out var environment)
            ? FromEnvironment(environment, wanted)
            : Stored(recorded).Where(entry => wanted.Exists(key => entry.Key.StartsWith(key, StringComparison.Ordinal)));
        return KeySnapshot.Of(selected.Select(entry => KeyValuePair.Create(
            Join("/", entry.Key.StartsWith(prefix, StringComparison.Ordinal) ? entry.Key[prefix.Length..] : entry.Key),
            entry.Value)));
    }

    private static IEnumerable<KeyValuePair<string, string>> Stored(JsonElement recorded)
    {
        if (Corpus.Text(recorded, "yaml") is not { } yaml)
        {
            return recorded.GetProperty("values").EnumerateObject()
                .Select(entry => KeyValuePair.Create(Join("/", entry.Name), entry.Value.GetString() ?? ""));
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Flatten("/", stream.Documents[0].RootNode);
    }

    private static IEnumerable<KeyValuePair<string, string>> Flatten(string path, YamlNode node) => node switch
    {
        YamlMappingNode map => map.Children.SelectMany(child =>
            Flatten(Join(path, ((YamlScalarNode)child.Key).Value ?? ""), child.Value)),
        YamlSequenceNode list => list.Children.SelectMany((child, index) =>
            Flatten(Join(path, index.ToString(CultureInfo.InvariantCulture)), child)),
        YamlScalarNode scalar when Scalar(scalar) is { } text => [KeyValuePair.Create(path, text)],
        _ => [],
    };

    // Plain scalars as YAML 1.1 types them; null gives no key.
    private static string? Scalar(YamlScalarNode scalar) => (scalar.Style, scalar.Value) switch
    {
        (not YamlDotNet.Core.ScalarStyle.Plain, var text) => text,
        (_, null or "" or "null" or "~") => null,
        (_, "y" or "yes" or "on" or "true") => "true",
        (_, "n" or "no" or "off" or "false") => "false",
        (_, ['0', 'x', .. var digits]) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture),
        (_, var text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("R", CultureInfo.InvariantCulture)
            : text,
    };

    private static IEnumerable<KeyValuePair<string, string>> FromEnvironment(JsonElement environment, List<string> wanted)
    {
        var prefixes = wanted.ConvertAll(key => key.Trim('/').Replace('/', '_').ToUpperInvariant());
        return environment.EnumerateObject()
            .Where(variable => prefixes.Exists(prefix => variable.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(variable => KeyValuePair.Create(
                "/" + variable.Name.Replace('_', '/').ToLowerInvariant(), variable.Value.GetString() ?? ""));
    }

    private static string Join(string folder, string name)
    {
        var path = string.Join('/', $"{folder}/{name}".Split('/', StringSplitOptions.RemoveEmptyEntries));
        return "/" + path;
    }
}
