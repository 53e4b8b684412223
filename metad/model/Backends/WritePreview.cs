using Sync.Metad.Model.Access;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Backends;

/// <summary>Tells what a write would change, from a snapshot alone.</summary>
/// <remarks>
/// Keys that fold onto one path appear under its canonical spelling, and rules are compared in the form in which they are
/// listed.
/// </remarks>
public sealed class WritePreview
{
    private readonly SortedDictionary<byte[], byte[]> _keys = new(
        Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right)));

    /// <summary>Lays out the keys of a snapshot.</summary>
    /// <param name="snapshot">The state to start from.</param>
    /// <param name="layout">Where keys live.</param>
    public WritePreview(MetadataSnapshot snapshot, KeyLayout layout)
    {
        Add(snapshot.Tree.Root, MetadataPath.Root, layout.DataKey);
        Add(snapshot.Mapping.Tree.Root, MetadataPath.Root, layout.MappingKey);
        foreach (var (host, rules) in snapshot.Rules.Hosts)
        {
            var list = new ByteBuffer();
            RuleDocument.Write(list, rules.Rules.Listed());
            _keys[layout.RuleKey(host)] = list.Written.ToArray();
        }
    }

    /// <summary>The keys that exist in a range.</summary>
    /// <param name="start">The first key.</param>
    /// <param name="end">The first key after the range.</param>
    public IEnumerable<byte[]> KeysIn(byte[] start, byte[] end) => _keys.Keys
        .SkipWhile(key => key.AsSpan().SequenceCompareTo(start) < 0)
        .TakeWhile(key => key.AsSpan().SequenceCompareTo(end) < 0);

    /// <summary>States that a range holds the same keys and values in two states.</summary>
    /// <param name="other">The other state.</param>
    /// <param name="start">The first key.</param>
    /// <param name="end">The first key after the range.</param>
    public bool AreSame(WritePreview other, byte[] start, byte[] end)
    {
        var (left, right) = (KeysIn(start, end).ToList(), other.KeysIn(start, end).ToList());
        return left.Count == right.Count && left.Zip(right).All(pair =>
            pair.First.AsSpan().SequenceEqual(pair.Second)
            && _keys[pair.First].AsSpan().SequenceEqual(other._keys[pair.Second]));
    }

    /// <summary>The keys that a write would change, in byte order; what it would leave as it is is not told.</summary>
    /// <param name="operations">The write.</param>
    public IReadOnlyList<KeyEffect> EffectsOf(IReadOnlyList<BackendOperation> operations)
    {
        var effects = new List<KeyEffect>();
        foreach (var operation in operations)
        {
            switch (operation)
            {
                case BackendOperation.PutKey put:
                    if (!_keys.TryGetValue(put.Key, out var value) || !value.AsSpan().SequenceEqual(put.Value))
                    {
                        effects.Add(new(put.Key, put.Value));
                    }

                    break;
                case BackendOperation.DeleteRange range:
                    effects.AddRange(KeysIn(range.Start, range.End).Select(Removed));
                    break;
                case BackendOperation.DeletePlace place:
                    var below = KeysIn(place.BelowStart, place.BelowEnd).Select(Removed).ToList();
                    effects.AddRange(below.Count > 0 ? below : KeysIn(place.Key, [.. place.Key, 0]).Select(Removed));
                    break;
            }
        }

        effects.Sort(static (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        return effects;
    }

    private static KeyEffect Removed(byte[] key) => new(key, Value: null);

    private void Add(MetadataNode node, MetadataPath path, Func<MetadataPath, byte[]> keyOf)
    {
        if (node.StoredValue is { } value)
        {
            _keys[keyOf(path)] = value;
        }

        foreach (var child in node.Children)
        {
            Add(child, path.Append(MetadataPath.Split([(byte)'/', .. child.Name.Bytes])), keyOf);
        }
    }
}
