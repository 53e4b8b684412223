using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Sync.Metad.Model.Paths;

/// <summary>
/// The one canonical form of a place in a tree: segments of bytes, none empty, none holding a slash. Lookup and
/// access rules both walk these segments, so no spelling of a path can reach one and pass by the other.
/// </summary>
/// <remarks>
/// Held as <c>/a/b</c>, the root as the empty string. Because no segment holds a slash, equal bytes mean equal
/// segments. Immutable.
/// </remarks>
public sealed class MetadataPath : IEquatable<MetadataPath>, IComparable<MetadataPath>
{
    /// <summary>The most segments that a path in a tree may have.</summary>
    public const int SegmentsMax = 256;

    private const byte Slash = (byte)'/';

    private readonly byte[] _bytes;

    private MetadataPath(byte[] bytes) => _bytes = bytes;

    /// <summary>The path without segments.</summary>
    public static MetadataPath Root { get; } = new([]);

    /// <summary>The path as <c>/a/b</c>; empty for the root.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>States that the path has no segments.</summary>
    public bool IsRoot => _bytes.Length == 0;

    /// <summary>The segments, first level first.</summary>
    public SegmentEnumerator Segments => new(_bytes);

    /// <summary>The first segment; empty for the root.</summary>
    public ReadOnlySpan<byte> FirstSegment
    {
        get
        {
            var segments = Segments;
            return segments.MoveNext() ? segments.Current : default;
        }
    }

    /// <summary>The path below the first segment; the root when there is no more.</summary>
    public MetadataPath BelowFirstSegment
    {
        get
        {
            var first = FirstSegment.Length;
            return first == 0 || first + 1 == _bytes.Length ? Root : new(_bytes[(first + 1)..]);
        }
    }

    /// <summary>
    /// States that the path has more than <see cref="SegmentsMax"/> segments. Trees hold no such path: walking them
    /// is recursive.
    /// </summary>
    public bool IsTooDeep => _bytes.AsSpan().Count(Slash) > SegmentsMax;

    /// <summary>States that a segment is <c>.</c> or <c>..</c>.</summary>
    public bool HasDotSegment
    {
        get
        {
            foreach (var segment in Segments)
            {
                if (segment is [(byte)'.'] or [(byte)'.', (byte)'.'])
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Splits bytes at slashes; empty segments fall away, dots are names like any other.</summary>
    /// <param name="bytes">Decoded bytes, such as a backend key without its prefix: <c>/p//d/</c> gives <c>/p/d</c>.</param>
    public static MetadataPath Split(ReadOnlySpan<byte> bytes)
    {
        if (IsCanonical(bytes))
        {
            return bytes.Length == 0 ? Root : new(bytes.ToArray());
        }

        var folded = new byte[bytes.Length + 1];
        var length = 0;
        foreach (var segment in new SegmentEnumerator(bytes))
        {
            folded[length++] = Slash;
            segment.CopyTo(folded.AsSpan(length));
            length += segment.Length;
        }

        return length == 0 ? Root : new(folded[..length]);
    }

    /// <summary>Splits text at slashes, as UTF-8.</summary>
    /// <param name="text">A path such as <c>/nodes/1</c>.</param>
    public static MetadataPath Split(string text) => Split(Encoding.UTF8.GetBytes(text));

    /// <summary>Splits text that must be a path of data: absolute, no segment a dot, not too deep.</summary>
    /// <param name="text">A path such as <c>/nodes/1</c>, or <c>/</c>.</param>
    /// <param name="path">The path; null when this returns false.</param>
    public static bool TrySplitData(string text, [NotNullWhen(true)] out MetadataPath? path)
    {
        path = text.StartsWith('/') && Split(text) is { HasDotSegment: false, IsTooDeep: false } split ? split : null;
        return path is not null;
    }

    /// <summary>Splits bytes at slashes and resolves <c>.</c> and <c>..</c>, which stop at the root.</summary>
    /// <param name="bytes">An absolute path, such as a mapping's target.</param>
    public static MetadataPath Clean(ReadOnlySpan<byte> bytes)
    {
        var split = Split(bytes);
        if (!split.HasDotSegment)
        {
            return split;
        }

        var cleaned = new byte[split._bytes.Length];
        var length = 0;
        foreach (var segment in split.Segments)
        {
            if (segment is [(byte)'.', (byte)'.'])
            {
                length = Math.Max(0, cleaned.AsSpan(0, length).LastIndexOf(Slash));
            }
            else if (segment is not [(byte)'.'])
            {
                cleaned[length++] = Slash;
                segment.CopyTo(cleaned.AsSpan(length));
                length += segment.Length;
            }
        }

        return length == 0 ? Root : new(cleaned[..length]);
    }

    /// <summary>States that this path is another one or begins with its segments.</summary>
    /// <param name="place">The other path.</param>
    public bool IsAtOrBelow(MetadataPath place) =>
        _bytes.AsSpan().StartsWith(place._bytes)
        && (_bytes.Length == place._bytes.Length || _bytes[place._bytes.Length] == Slash);

    /// <summary>This path and then the segments of another.</summary>
    /// <param name="below">Read as relative to this path.</param>
    public MetadataPath Append(MetadataPath below) =>
        below.IsRoot ? this : IsRoot ? below : new([.. _bytes, .. below._bytes]);

    /// <inheritdoc/>
    public bool Equals(MetadataPath? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MetadataPath);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Orders segment by segment, by bytes, so that a path and all below it stand together.</summary>
    /// <param name="other">The path to compare with.</param>
    public int CompareTo(MetadataPath? other)
    {
        if (other is null)
        {
            return 1;
        }

        var common = _bytes.AsSpan().CommonPrefixLength(other._bytes);
        if (common == _bytes.Length || common == other._bytes.Length)
        {
            return _bytes.Length.CompareTo(other._bytes.Length);
        }

        // A slash ends a segment, and the shorter name comes first: it sorts before every byte of a name.
        var left = _bytes[common] == Slash ? -1 : _bytes[common];
        var right = other._bytes[common] == Slash ? -1 : other._bytes[common];
        return left.CompareTo(right);
    }

    /// <summary>The path as text: <c>/</c> for the root, bytes that are not UTF-8 replaced.</summary>
    public override string ToString() => IsRoot ? "/" : Encoding.UTF8.GetString(_bytes);

    private static bool IsCanonical(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 0 || (bytes[0] == Slash && bytes[^1] != Slash && bytes.IndexOf("//"u8) < 0);

    /// <summary>Compares two paths for equality.</summary>
    /// <param name="left">One path, or null.</param>
    /// <param name="right">The other path, or null.</param>
    public static bool operator ==(MetadataPath? left, MetadataPath? right) =>
        left is null ? right is null : left.Equals(right);

    /// <summary>Compares two paths for inequality.</summary>
    /// <param name="left">One path, or null.</param>
    /// <param name="right">The other path, or null.</param>
    public static bool operator !=(MetadataPath? left, MetadataPath? right) => !(left == right);

    /// <summary>States that one path comes before another.</summary>
    /// <param name="left">One path.</param>
    /// <param name="right">The other path.</param>
    public static bool operator <(MetadataPath left, MetadataPath right) => left.CompareTo(right) < 0;

    /// <summary>States that one path comes after another.</summary>
    /// <param name="left">One path.</param>
    /// <param name="right">The other path.</param>
    public static bool operator >(MetadataPath left, MetadataPath right) => left.CompareTo(right) > 0;

    /// <summary>States that one path does not come after another.</summary>
    /// <param name="left">One path.</param>
    /// <param name="right">The other path.</param>
    public static bool operator <=(MetadataPath left, MetadataPath right) => left.CompareTo(right) <= 0;

    /// <summary>States that one path does not come before another.</summary>
    /// <param name="left">One path.</param>
    /// <param name="right">The other path.</param>
    public static bool operator >=(MetadataPath left, MetadataPath right) => left.CompareTo(right) >= 0;
}
