namespace Sync.Mvcc.Keys;

/// <summary>
/// An interval of keys in byte order, <c>[start, end)</c>. A single key is the interval up to its successor,
/// the key followed by a zero byte.
/// </summary>
/// <remarks>
/// The wire gives two byte strings, key and range end:
/// <code>
/// key | range end        | meaning
/// k   | empty            | exactly k
/// k   | e above k        | [k, e)
/// k   | one zero byte    | every key from k on
/// k   | e not above k    | nothing
/// </code>
/// An empty key is refused before a range is made, or, for a watch, stands for one zero byte.
/// Source: etcd, api/etcdserverpb/rpc.proto, RangeRequest.range_end.
/// </remarks>
public readonly struct KeyRange : IEquatable<KeyRange>
{
    private static readonly byte[] ZeroByte = [0];

    private KeyRange(ReadOnlyMemory<byte> start, ReadOnlyMemory<byte> rangeEnd)
    {
        Start = start;
        RangeEnd = rangeEnd;
    }

    /// <summary>Every key.</summary>
    public static KeyRange All => new(ZeroByte, ZeroByte);

    /// <summary>The first key of the interval; as on the wire.</summary>
    public ReadOnlyMemory<byte> Start { get; }

    /// <summary>The end as on the wire: empty for a single key, one zero byte for no end.</summary>
    public ReadOnlyMemory<byte> RangeEnd { get; }

    /// <summary>Whether the range is exactly one key.</summary>
    public bool IsSingleKey => RangeEnd.IsEmpty;

    /// <summary>Whether the range has no end.</summary>
    public bool IsUnbounded => RangeEnd.Length == 1 && RangeEnd.Span[0] == 0;

    /// <summary>Whether no key can be inside, because the end is not above the start.</summary>
    public bool IsEmpty =>
        !IsSingleKey && !IsUnbounded && RangeEnd.Span.SequenceCompareTo(Start.Span) <= 0;

    /// <summary>A range as the wire gives it.</summary>
    /// <param name="key">The first key.</param>
    /// <param name="rangeEnd">Empty, one zero byte, or the first key after the interval.</param>
    public static KeyRange FromWire(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> rangeEnd) =>
        new(key, rangeEnd);

    /// <summary>Exactly one key.</summary>
    public static KeyRange Exactly(ReadOnlyMemory<byte> key) => new(key, default);

    /// <summary>Every key from <paramref name="start"/> on.</summary>
    public static KeyRange From(ReadOnlyMemory<byte> start) => new(start, ZeroByte);

    /// <summary>Every key that begins with <paramref name="prefix"/>; an empty prefix is every key.</summary>
    public static KeyRange Prefix(ReadOnlyMemory<byte> prefix)
    {
        if (prefix.IsEmpty)
        {
            return All;
        }

        var kept = prefix.Span.TrimEnd((byte)0xff).Length;
        if (kept == 0)
        {
            return From(prefix);
        }

        var end = prefix[..kept].ToArray();
        end[^1]++;
        return new(prefix, end);
    }

    /// <summary>Whether a key lies inside.</summary>
    public bool Contains(ReadOnlySpan<byte> key)
    {
        if (IsSingleKey)
        {
            return key.SequenceEqual(Start.Span);
        }

        return key.SequenceCompareTo(Start.Span) >= 0 && IsBeforeEnd(key);
    }

    /// <summary>Whether a key at or above the start is before the end.</summary>
    internal bool IsBeforeEnd(ReadOnlySpan<byte> key) =>
        IsSingleKey ? key.SequenceEqual(Start.Span)
            : IsUnbounded || key.SequenceCompareTo(RangeEnd.Span) < 0;

    /// <inheritdoc/>
    public bool Equals(KeyRange other) =>
        Start.Span.SequenceEqual(other.Start.Span) && RangeEnd.Span.SequenceEqual(other.RangeEnd.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KeyRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Start.Span);
        hash.AddBytes(RangeEnd.Span);
        return hash.ToHashCode();
    }

    /// <summary>Whether two ranges are given by the same bytes.</summary>
    public static bool operator ==(KeyRange left, KeyRange right) => left.Equals(right);

    /// <summary>Whether two ranges are given by different bytes.</summary>
    public static bool operator !=(KeyRange left, KeyRange right) => !left.Equals(right);
}
