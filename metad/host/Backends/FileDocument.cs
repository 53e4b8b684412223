using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;
using Sync.Templates.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Metad.Backends;

/// <summary>
/// A file that holds everything: <c>{"data":{…},"mapping":{"10.0.0.1":{…}},"rule":{"10.0.0.1":[…]}}</c>, as JSON or YAML,
/// each part as the manage API takes it.
/// </summary>
internal static class FileDocument
{
    private const int DepthMax = 100;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Reads a file's text into the keys that a store would hold.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="isYaml">States that the text is YAML; else it is JSON.</param>
    /// <param name="layout">Where keys live.</param>
    /// <exception cref="FormatException">The text cannot be used; the message says why.</exception>
    public static IReadOnlyList<BackendOperation.PutKey> Read(byte[] text, bool isYaml, KeyLayout layout)
    {
        // Most programs empty a file before they write it: no bytes are no statement that there are no keys.
        if (text.Length == 0)
        {
            throw new FormatException("it is empty; {} holds no keys");
        }

        try
        {
            var root = isYaml ? FromYaml(text) : JsonNode.Parse(text);
            return root switch
            {
                null => [],
                JsonObject parts => [.. parts.SelectMany(part => Part(part.Key, part.Value, layout))],
                _ => throw new FormatException("an object with data, mapping and rule is wanted"),
            };
        }
        catch (Exception exception) when (exception is JsonException or YamlException)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    /// <summary>Writes keys as a JSON file; data stands by whole paths, so that a value beside children is kept.</summary>
    /// <param name="keys">All keys.</param>
    /// <param name="layout">Where keys live.</param>
    public static byte[] Write(IEnumerable<BackendChange> keys, KeyLayout layout)
    {
        var (data, mapping, rules) = (new JsonObject(), new JsonObject(), new JsonObject());
        foreach (var (key, value) in keys)
        {
            switch (layout.Locate(key.Span))
            {
                case KeyPlace.DataValue place:
                    data[place.Path.ToString()] = Text(value);
                    break;
                case KeyPlace.MappingName place:
                    Put(mapping, place.Path, Text(value));
                    break;
                case KeyPlace.HostRuleList place:
                    rules[place.Host] = JsonNode.Parse(value);
                    break;
            }
        }

        var document = new JsonObject { ["data"] = data, ["mapping"] = mapping, ["rule"] = rules };
        return [.. JsonSerializer.SerializeToUtf8Bytes(document, Indented), (byte)'\n'];
    }

    private static IEnumerable<BackendOperation.PutKey> Part(string name, JsonNode? value, KeyLayout layout)
    {
        var plan = new WritePlan(layout);
        var body = JsonSerializer.SerializeToUtf8Bytes(value);
        return (name switch
        {
            "data" when Read(name, DataDocument.Read(body)) is var data => plan.IsReserved(MetadataPath.Root, data)
                ? throw new FormatException("/_metad holds mappings and rules and takes no data")
                : plan.MergeData(MetadataPath.Root, data),
            "mapping" => plan.MergeMapping(MetadataPath.Root, Read(name, MappingDocument.Read(MetadataPath.Root, body))),
            "rule" => plan.PutRules(Read(name, RuleDocument.ReadHosts(body))),
            _ => throw new FormatException($"{name} is not data, mapping or rule"),
        }).OfType<BackendOperation.PutKey>();
    }

    private static T Read<T>(string part, Reading<T> reading)
        where T : class =>
        reading.IsRefused ? throw new FormatException($"{part}: {reading.Problem}") : reading.Value;

    private static void Put(JsonObject parent, MetadataPath path, string value)
    {
        var name = System.Text.Encoding.UTF8.GetString(path.FirstSegment);
        if (path.BelowFirstSegment.IsRoot)
        {
            parent[name] = value;
            return;
        }

        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        Put(child, path.BelowFirstSegment, value);
    }

    private static string Text(byte[]? value) => System.Text.Encoding.UTF8.GetString(value ?? []);

    private static JsonNode? FromYaml(byte[] text)
    {
        using var reader = new StreamReader(new MemoryStream(text));
        return BoundedYaml.Root(reader.ReadToEnd(), DepthMax) is { } root ? FromYaml(root, depth: 1) : null;
    }

    private static JsonNode? FromYaml(YamlNode node, int depth) => node switch
    {
        _ when depth > DepthMax => throw new FormatException("a map or list holds itself by an alias"),
        YamlMappingNode map => new JsonObject(map.Children.Select(
            pair => KeyValuePair.Create(NameOf(pair.Key), FromYaml(pair.Value, depth + 1)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(child => FromYaml(child, depth + 1))]),
        YamlScalarNode scalar => FromYaml(scalar),
        _ => throw new FormatException("aliases are not read"),
    };

    private static string NameOf(YamlNode key) => key is YamlScalarNode { Value: { } name }
        ? name
        : throw new FormatException($"the key at line {key.Start.Line} is no text");

    // Whole numbers are numbers, for the modes of rules; every other value is its text, as metad stores it.
    private static JsonValue? FromYaml(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        if (text is "" or "~" or "null")
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == text
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }
}
