using Sync.Templates.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Metad.Options;

/// <summary>Reads settings from a YAML file.</summary>
internal static class ConfigurationFile
{
    private const int DepthMax = 100;

    /// <summary>Reads a file into options.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What to set.</param>
    /// <exception cref="FormatException">The file cannot be used; the message names it, the line and the reason.</exception>
    public static void Read(string path, MetadOptions options)
    {
        try
        {
            switch (BoundedYaml.Root(File.ReadAllText(path), DepthMax))
            {
                case YamlMappingNode root:
                    Apply(path, root, options);
                    break;
                case null or YamlScalarNode { Value: "" or null }:
                    break;
                default:
                    throw new FormatException($"{path}: the file is no list of names and values.");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path} cannot be read: {exception.Message}", exception);
        }
        catch (YamlException exception)
        {
            throw new FormatException($"{path} line {exception.Start.Line}: {exception.Message}", exception);
        }
    }

    private static void Apply(string path, YamlMappingNode root, MetadOptions options)
    {
        foreach (var (key, value) in root.Children)
        {
            // The original reads this one key with a capital letter, and documents the other.
            var name = key.ToString() is "Group" ? "group" : key.ToString();
            if (MetadFlags.Find(name) is not { IsInFile: true } flag)
            {
                options.Warnings.Add($"{path} line {key.Start.Line}: {name} is no setting and is ignored");
                continue;
            }

            try
            {
                foreach (var text in Texts(flag, value))
                {
                    flag.Apply(options, text);
                }
            }
            catch (FormatException exception)
            {
                throw new FormatException($"{path} line {key.Start.Line}: {name}: {exception.Message}", exception);
            }
        }
    }

    private static IEnumerable<string> Texts(MetadFlag flag, YamlNode value) => value switch
    {
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "~" or "" or null } => [],
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode list when flag.IsList => list.Children.Select(child => child is YamlScalarNode { Value: { } text }
            ? text
            : throw new FormatException("a list of texts is wanted.")),
        _ => throw new FormatException(flag.IsList ? "a list of texts is wanted." : "one value is wanted."),
    };
}
