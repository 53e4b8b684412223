using Sync.Templates.Diagnostics;
using Sync.Templates.Values;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Templates.Yaml;

/// <summary>YAML into values: maps with keys of any kind, lists, and scalars as <see cref="YamlScalar"/> reads them.</summary>
/// <remarks>Source: go-yaml version 2, function Unmarshal into an empty interface.</remarks>
internal static class YamlDecoder
{
    /// <summary>How many nodes a text may stand for, aliases written out.</summary>
    private const int NodesMax = 1_000_000;

    // The stream and the document are two of these levels.
    private const int DepthMax = 500;

    private static readonly GoType AnyMap = GoType.MapOf(GoType.Any, GoType.Any);

    /// <summary>Decodes the first document of a text.</summary>
    /// <exception cref="FunctionException">The text is no YAML, or stands for too much.</exception>
    public static Value Decode(string text)
    {
        try
        {
            var count = 0;
            return BoundedYaml.Root(text, DepthMax - 2) is { } root ? Read(root, ref count) : default;
        }
        catch (YamlDepthException)
        {
            throw new LimitException($"a YAML text is nested more than {DepthMax} deep");
        }
        catch (YamlException fault)
        {
            throw new FunctionException($"yaml: line {fault.Start.Line}: {fault.Message}");
        }
    }

    private static Value Read(YamlNode node, ref int count)
    {
        if (++count > NodesMax || !StackRoom.IsLeft)
        {
            throw new LimitException($"a YAML text stands for more than {NodesMax} values, or is nested too deeply");
        }

        switch (node)
        {
            case YamlMappingNode map:
                var entries = new List<KeyValuePair<Value, Value>>();
                foreach (var (key, value) in map.Children)
                {
                    entries.Add(new(Read(key, ref count).In(Slot.Any), Read(value, ref count).In(Slot.Any)));
                }

                return Value.OfReference(AnyMap, MapValue.Of(entries));
            case YamlSequenceNode list:
                var items = new List<Value>();
                foreach (var item in list.Children)
                {
                    items.Add(Read(item, ref count));
                }

                return Value.OfList(items);
            case YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } scalar when scalar.Tag.IsEmpty:
                return YamlScalar.Read(text ?? "");
            default:
                return Value.Of((node as YamlScalarNode)?.Value ?? "");
        }
    }
}
