using System.Text;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Backends;

/// <summary>Where data, mappings and rules live among the keys of the backend.</summary>
/// <remarks>
/// <code>
/// key                                         | meaning
/// &lt;prefix&gt;/&lt;path&gt;                             | data
/// /_metad/mapping/&lt;group&gt;/&lt;entry&gt;/&lt;name&gt;…   | a data path
/// /_metad/rule/&lt;group&gt;/&lt;host&gt;                 | a list of rules as JSON
/// </code>
/// Ranges end at a slash, so that prefix <c>/p1</c> does not take in <c>/p10</c>, nor one group another's keys.
/// With the empty prefix all of <c>/_metad</c> is out of the data.
/// </remarks>
public sealed class KeyLayout
{
    private static readonly byte[] Reserved = "/_metad"u8.ToArray();

    private readonly byte[] _data;
    private readonly byte[] _mapping;
    private readonly byte[] _rules;

    /// <summary>Lays out keys.</summary>
    /// <param name="prefix">Root of the data: <c>/p</c>, with or without slashes around it; empty is <c>/</c>.</param>
    /// <param name="group">The namespace of mappings and rules.</param>
    public KeyLayout(string prefix, string group)
    {
        _data = MetadataPath.Split(prefix).Bytes.ToArray();
        _mapping = Encoding.UTF8.GetBytes($"/_metad/mapping/{group}");
        _rules = Encoding.UTF8.GetBytes($"/_metad/rule/{group}");
    }

    /// <summary>The ranges <c>[start, end)</c> that hold everything; they may overlap.</summary>
    public IReadOnlyList<(byte[] Start, byte[] End)> Ranges => [Below(_data), Below(_mapping), Below(_rules)];

    /// <summary>What data keys begin with, without the slash of their paths.</summary>
    internal ReadOnlySpan<byte> DataRoot => _data;

    /// <summary>What keys of mappings begin with, without the slash of their paths.</summary>
    internal ReadOnlySpan<byte> MappingRoot => _mapping;

    /// <summary>What a key means.</summary>
    /// <param name="key">A key in one of <see cref="Ranges"/>.</param>
    public KeyPlace Locate(ReadOnlySpan<byte> key)
    {
        if (TryBelow(key, _mapping, out var rest))
        {
            var path = MetadataPath.Split(rest);
            return Usable(path) ? new KeyPlace.MappingName(path, IsCanonical(path, rest)) : KeyPlace.Outside.Instance;
        }

        if (TryBelow(key, _rules, out rest))
        {
            return new KeyPlace.HostRuleList(Encoding.UTF8.GetString(rest[1..]));
        }

        if (!TryBelow(key, _data, out rest))
        {
            return KeyPlace.Outside.Instance;
        }

        var place = MetadataPath.Split(rest);
        return Usable(place) && !IsReserved(place)
            ? new KeyPlace.DataValue(place, IsCanonical(place, rest))
            : KeyPlace.Outside.Instance;
    }

    /// <summary>The key of a data path.</summary>
    /// <param name="path">Not the root.</param>
    public byte[] DataKey(MetadataPath path) => [.. _data, .. path.Bytes];

    /// <summary>The key of a mapping path.</summary>
    /// <param name="path"><c>/entry/name…</c></param>
    public byte[] MappingKey(MetadataPath path) => [.. _mapping, .. path.Bytes];

    /// <summary>The key of a host's rules.</summary>
    /// <param name="host">The host.</param>
    public byte[] RuleKey(string host) => [.. _rules, (byte)'/', .. Encoding.UTF8.GetBytes(host)];

    /// <summary>The ranges of all keys below a data path.</summary>
    /// <param name="path">A path; below the root nothing of <c>/_metad</c> is included.</param>
    public IReadOnlyList<(byte[] Start, byte[] End)> DataBelow(MetadataPath path)
    {
        if (!path.IsRoot || _data.Length > 0)
        {
            return [Below(DataKey(path))];
        }

        var (start, end) = Below([]);
        var (reservedStart, reservedEnd) = Below(Reserved);
        return [(start, Reserved), ([.. Reserved, 0], reservedStart), (reservedEnd, end)];
    }

    /// <summary>The ranges of all keys below a mapping path.</summary>
    /// <param name="path">A path; the root takes in all addresses.</param>
    public IReadOnlyList<(byte[] Start, byte[] End)> MappingBelow(MetadataPath path) => [Below(MappingKey(path))];

    /// <summary>States that a data path would land among the mappings and rules.</summary>
    /// <param name="path">A data path.</param>
    public bool IsReserved(MetadataPath path) => _data.Length == 0 && path.FirstSegment.SequenceEqual(Reserved.AsSpan(1));

    // The byte after a slash is a zero digit.
    private static (byte[] Start, byte[] End) Below(byte[] key) => ([.. key, (byte)'/'], [.. key, (byte)'0']);

    private static bool TryBelow(ReadOnlySpan<byte> key, byte[] place, out ReadOnlySpan<byte> rest)
    {
        var isBelow = key.Length > place.Length && key.StartsWith(place) && key[place.Length] == '/';
        rest = isBelow ? key[place.Length..] : default;
        return isBelow;
    }

    private static bool Usable(MetadataPath path) => !path.IsRoot && !path.IsTooDeep;

    private static bool IsCanonical(MetadataPath path, ReadOnlySpan<byte> spelled) => path.Bytes.SequenceEqual(spelled);
}
