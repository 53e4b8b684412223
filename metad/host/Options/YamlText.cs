using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Metad.Options;

/// <summary>Reads YAML whose depth is bounded.</summary>
internal static class YamlText
{
    /// <summary>How deep maps and lists may be nested.</summary>
    public const int DepthMax = 100;

    /// <summary>The root of the first document; null when there is none.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="YamlException">It is no YAML, or nested too deeply.</exception>
    public static YamlNode? Root(string text)
    {
        CheckDepth(text);
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 ? null : stream.Documents[0].RootNode;
    }

    // The library's nodes are read by recursion, and without a bound.
    private static void CheckDepth(string text)
    {
        var parser = new Parser(new StringReader(text));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current?.NestingIncrease ?? 0;
            if (depth > DepthMax + 2)
            {
                var (start, end) = (parser.Current!.Start, parser.Current.End);
                throw new YamlException(start, end, $"maps and lists are nested more than {DepthMax} deep");
            }
        }
    }
}
