using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Templates.Yaml;

/// <summary>Reads YAML whose depth is bounded: the library's nodes are read by recursion, and without a bound.</summary>
/// <remarks>confd and metad compile this file, too: they read key files with it.</remarks>
internal static class BoundedYaml
{
    // The stream and the document are levels of the parser, and none of the text.
    private const int OuterLevels = 2;

    /// <summary>The root of the first document; null when there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="depthMax">How deep maps and lists may be nested.</param>
    /// <exception cref="YamlDepthException">They are nested more deeply.</exception>
    /// <exception cref="YamlException">It is no YAML.</exception>
    public static YamlNode? Root(string text, int depthMax)
    {
        CheckDepth(text, depthMax);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
    }

    private static void CheckDepth(string text, int depthMax)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current?.NestingIncrease ?? 0;
            if (depth > depthMax + OuterLevels)
            {
                throw new YamlDepthException(parser.Current!.Start, parser.Current.End, depthMax);
            }
        }
    }
}

/// <summary>Maps and lists of a YAML text are nested too deeply.</summary>
internal sealed class YamlDepthException(in Mark start, in Mark end, int depthMax)
    : YamlException(start, end, $"maps and lists are nested more than {depthMax} deep");
