using System.Text;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Mapping;

/// <summary>
/// What a label of a container says in place of an entry of its own: names and the data paths they stand for. Immutable,
/// and equal when it says the same.
/// </summary>
/// <remarks>
/// The label is <c>name=/path</c>, several by commas, with blanks around each part: <c>node=/nodes/7, site=/sites/2</c>. A
/// path alone stands under <c>node</c>.
/// </remarks>
public sealed class LabelMapping : IEquatable<LabelMapping>
{
    /// <summary>The label, and in a pod the label or annotation.</summary>
    public const string Label = "com.sync.metad/path";

    /// <summary>The most characters of a label that are read.</summary>
    public const int LengthMax = 4096;

    private const string OwnName = "node";

    private readonly string _text;

    private LabelMapping(SortedDictionary<string, MetadataPath> targets)
    {
        _text = string.Join(',', targets.Select(target => $"{target.Key}={target.Value}"));
        var changes = targets.Select(target => new TreeChange(
            MetadataPath.Split($"/{target.Key}"), Encoding.UTF8.GetBytes(target.Value.ToString())));
        Names = MetadataTree.Empty.Apply([.. changes], new NameTable()).Root;
    }

    /// <summary>The names, with data paths as values.</summary>
    public MetadataNode Names { get; }

    /// <summary>Reads a label.</summary>
    /// <param name="text">Its value.</param>
    /// <param name="within">The data path that every target must lie at or below.</param>
    public static Reading<LabelMapping> Read(string text, MetadataPath within)
    {
        if (text.Length > LengthMax)
        {
            return Reading<LabelMapping>.Refused($"it has more than {LengthMax} characters");
        }

        var targets = new SortedDictionary<string, MetadataPath>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var (name, target) = Split(part);
            if (!IsName(name) || !MetadataPath.TrySplitData(target, out var path))
            {
                return Reading<LabelMapping>.Refused($"\"{part}\" is neither a data path such as /nodes/7 nor name=/path");
            }

            if (!path.IsAtOrBelow(within))
            {
                return Reading<LabelMapping>.Refused($"{path} is not at or below {within}");
            }

            if (!targets.TryAdd(name, path))
            {
                return Reading<LabelMapping>.Refused($"the name {name} stands for two paths");
            }
        }

        return Reading<LabelMapping>.Of(new(targets));
    }

    /// <inheritdoc/>
    public bool Equals(LabelMapping? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelMapping);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    private static (string Name, string Target) Split(string part)
    {
        var sign = part.StartsWith('/') ? -1 : part.IndexOf('=', StringComparison.Ordinal);
        return sign < 0 ? (OwnName, part) : (part[..sign].TrimEnd(), part[(sign + 1)..].TrimStart());
    }

    private static bool IsName(string name) =>
        name is not ("" or "." or "..") && !name.Contains('/', StringComparison.Ordinal);
}
