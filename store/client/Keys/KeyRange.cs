using Google.Protobuf;

namespace Sync.Etcd.Client.Keys;

/// <summary>
/// The keys in <c>[Start, End)</c>, in the form the wire has for it.
/// Source: etcd API guide, key ranges.
/// </summary>
/// <remarks>
/// <code>
/// Start | End           | keys
/// k     | empty         | k alone
/// k     | e             | k &lt;= key &lt; e
/// k     | one zero byte | k and all after it
/// </code>
/// </remarks>
public sealed record KeyRange
{
    private static readonly ByteString Zero = ByteString.CopyFrom(0);

    private KeyRange(ByteString start, ByteString end)
    {
        Start = start;
        End = end;
    }

    /// <summary>The first key that may be in the range; never empty.</summary>
    public ByteString Start { get; }

    /// <summary>The first key after the range; empty for one key, one zero byte for no bound.</summary>
    public ByteString End { get; }

    /// <summary>Every key.</summary>
    public static KeyRange All { get; } = new(Zero, Zero);

    /// <summary>One key.</summary>
    /// <param name="key">At least one byte.</param>
    public static KeyRange Only(ByteString key) => new(NotEmpty(key), ByteString.Empty);

    /// <inheritdoc cref="Only(ByteString)"/>
    public static KeyRange Only(string key) => Only(ByteString.CopyFromUtf8(key));

    /// <summary>The keys that begin with <paramref name="prefix"/>; an empty prefix is every key.</summary>
    public static KeyRange Prefix(ByteString prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return prefix.IsEmpty ? All : new KeyRange(prefix, AfterPrefix(prefix.Span));
    }

    /// <inheritdoc cref="Prefix(ByteString)"/>
    public static KeyRange Prefix(string prefix) => Prefix(ByteString.CopyFromUtf8(prefix));

    /// <summary><paramref name="key"/> and all keys after it; an empty key is every key.</summary>
    public static KeyRange From(ByteString key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.IsEmpty ? All : new KeyRange(key, Zero);
    }

    /// <summary>The keys in <c>[start, end)</c>.</summary>
    /// <param name="start">At least one byte.</param>
    /// <param name="end">Above <paramref name="start"/>, or one zero byte for no bound.</param>
    public static KeyRange Between(ByteString start, ByteString end) => new(NotEmpty(start), NotEmpty(end));

    /// <summary>Whether <paramref name="key"/> is in the range.</summary>
    public bool Contains(ByteString key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return End.IsEmpty
            ? key.Equals(Start)
            : key.Span.SequenceCompareTo(Start.Span) >= 0
                && (IsUnbounded || key.Span.SequenceCompareTo(End.Span) < 0);
    }

    /// <summary>
    /// The fewest ranges that hold the keys of <paramref name="ranges"/>, in order and apart from each other.
    /// </summary>
    /// <param name="ranges">Any number, in any order; a range that holds no key is dropped.</param>
    public static IReadOnlyList<KeyRange> Union(IEnumerable<KeyRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        var merged = new List<KeyRange>();
        foreach (var next in ranges.Where(range => !range.IsNowhere)
            .OrderBy(range => range.Start, KeyOrder.Instance))
        {
            if (merged.Count > 0 && merged[^1].Reaches(next.Start))
            {
                merged[^1] = merged[^1].ExtendedTo(next);
            }
            else
            {
                merged.Add(next);
            }
        }

        return merged;
    }

    private bool IsUnbounded => End.Equals(Zero);

    private bool IsNowhere =>
        !End.IsEmpty && !IsUnbounded && Start.Span.SequenceCompareTo(End.Span) >= 0;

    // The first key after the range as a bound that can be compared: a single key ends just above itself.
    private ByteString Bound => End.IsEmpty ? ByteString.CopyFrom([.. Start.Span, 0]) : End;

    private bool Reaches(ByteString start) =>
        IsUnbounded || Start.Equals(start) || Bound.Span.SequenceCompareTo(start.Span) >= 0;

    private KeyRange ExtendedTo(KeyRange next)
    {
        if (IsUnbounded || next.Equals(this))
        {
            return this;
        }

        var end = next.IsUnbounded || next.Bound.Span.SequenceCompareTo(Bound.Span) > 0 ? next.Bound : Bound;
        return new KeyRange(Start, end);
    }

    private static ByteString AfterPrefix(ReadOnlySpan<byte> prefix)
    {
        var length = prefix.TrimEnd((byte)0xff).Length;
        if (length == 0)
        {
            return Zero;
        }

        var end = prefix[..length].ToArray();
        end[^1]++;
        return ByteString.CopyFrom(end);
    }

    private static ByteString NotEmpty(ByteString key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.IsEmpty ? throw new ArgumentException("A key has at least one byte.", nameof(key)) : key;
    }
}
