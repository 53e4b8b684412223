using System.Diagnostics;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Documents;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Backends;

/// <summary>Turns writes of the manage API into operations on keys. Decides nothing by what memory holds.</summary>
/// <remarks>Source: metad's API documentation; what a write may touch is bounded by <see cref="KeyLayout"/>.</remarks>
public sealed class WritePlan
{
    private readonly KeyLayout _layout;

    /// <summary>Plans for a layout.</summary>
    /// <param name="layout">Where keys live.</param>
    public WritePlan(KeyLayout layout) => _layout = layout;

    /// <summary>States that a write of data would land among the mappings and rules.</summary>
    /// <param name="place">Where the document goes.</param>
    /// <param name="document">The values.</param>
    public bool IsReserved(MetadataPath place, DataDocument document) =>
        ValuesOf(document).Any(value => _layout.IsReserved(place.Append(value.Key)));

    /// <summary>Sets data, leaving its siblings.</summary>
    /// <param name="place">Where the document goes.</param>
    /// <param name="document">The values.</param>
    public IReadOnlyList<BackendOperation> MergeData(MetadataPath place, DataDocument document) =>
        [.. Puts(place, document, _layout.DataKey)];

    /// <summary>Sets data and removes all else below the place; a single value removes nothing.</summary>
    /// <param name="place">Where the document goes.</param>
    /// <param name="document">The values.</param>
    public IReadOnlyList<BackendOperation> ReplaceData(MetadataPath place, DataDocument document) =>
        Replace(place, document, _layout.DataKey, _layout.DataBelow);

    /// <summary>Removes data: what is below a directory, or a leaf.</summary>
    /// <param name="place">The place; the root takes in everything.</param>
    public IReadOnlyList<BackendOperation> DeleteData(MetadataPath place) =>
        place.IsRoot
            ? [.. _layout.DataBelow(place).Select(range => new BackendOperation.DeleteRange(range.Start, range.End))]
            : _layout.IsReserved(place) ? [] : [new BackendOperation.DeletePlace(_layout.DataKey(place))];

    /// <summary>Sets names of mappings, leaving the others.</summary>
    /// <param name="place">A canonical place: the root, an entry, or a name below one.</param>
    /// <param name="document">Data paths by name.</param>
    public IReadOnlyList<BackendOperation> MergeMapping(MetadataPath place, DataDocument document) =>
        [.. Puts(place, document, _layout.MappingKey)];

    /// <summary>Sets names of mappings and removes all else below the place.</summary>
    /// <param name="place">A canonical place.</param>
    /// <param name="document">Data paths by name.</param>
    public IReadOnlyList<BackendOperation> ReplaceMapping(MetadataPath place, DataDocument document) =>
        Replace(place, document, _layout.MappingKey, _layout.MappingBelow);

    /// <summary>Removes mappings.</summary>
    /// <param name="place">The place as requested; an entry is removed in every spelling that is stored.</param>
    /// <param name="mappings">The mappings as they are, for those spellings.</param>
    public IReadOnlyList<BackendOperation> DeleteMapping(MetadataPath place, MappingTable mappings)
    {
        if (place.IsRoot)
        {
            return
            [
                .. _layout.MappingBelow(place)
                    .Select(range => new BackendOperation.DeleteRange(range.Start, range.End)),
            ];
        }

        return
        [
            .. mappings.SpellingsOf(place)
                .Select(spelled => new BackendOperation.DeletePlace(_layout.MappingKey(spelled))),
        ];
    }

    /// <summary>Sets the lists of hosts, leaving the other hosts.</summary>
    /// <param name="hosts">Canonical hosts and their lists.</param>
    public IReadOnlyList<BackendOperation> PutRules(IReadOnlyDictionary<string, IReadOnlyList<AccessRule>> hosts)
    {
        var operations = new List<BackendOperation>();
        foreach (var (host, rules) in hosts)
        {
            var json = new ByteBuffer();
            RuleDocument.Write(json, rules);
            operations.Add(new BackendOperation.PutKey(_layout.RuleKey(host), json.Written.ToArray()));
        }

        return operations;
    }

    /// <summary>Removes the lists of hosts.</summary>
    /// <param name="hosts">Hosts as they are stored.</param>
    public IReadOnlyList<BackendOperation> DeleteRules(IEnumerable<string> hosts) =>
    [
        .. hosts.Select(_layout.RuleKey).Select(key => new BackendOperation.DeleteRange(key, [.. key, 0])),
    ];

    private static IEnumerable<BackendOperation> Puts(
        MetadataPath place, DataDocument document, Func<MetadataPath, byte[]> keyOf) =>
        from value in ValuesOf(document)
        let path = place.Append(value.Key)
        where !path.IsRoot
        select new BackendOperation.PutKey(keyOf(path), value.Value);

    // One transaction may not delete a key that it puts, so the ranges leave gaps for the new keys.
    private static List<BackendOperation> Replace(
        MetadataPath place,
        DataDocument document,
        Func<MetadataPath, byte[]> keyOf,
        Func<MetadataPath, IReadOnlyList<(byte[] Start, byte[] End)>> below)
    {
        var operations = Puts(place, document, keyOf).ToList();
        if (document is DataDocument.Scalar)
        {
            return operations;
        }

        var keys = operations.OfType<BackendOperation.PutKey>().Select(put => put.Key)
            .Order(Comparer<byte[]>.Create(static (left, right) => left.AsSpan().SequenceCompareTo(right))).ToList();
        foreach (var (start, end) in below(place))
        {
            var from = start;
            foreach (var key in keys.Where(key => IsIn(key, start, end)))
            {
                AddRange(operations, from, key);
                from = [.. key, 0];
            }

            AddRange(operations, from, end);
        }

        return operations;
    }

    private static void AddRange(List<BackendOperation> operations, byte[] start, byte[] end)
    {
        if (start.AsSpan().SequenceCompareTo(end) < 0)
        {
            operations.Add(new BackendOperation.DeleteRange(start, end));
        }
    }

    private static bool IsIn(byte[] key, byte[] start, byte[] end) =>
        key.AsSpan().SequenceCompareTo(start) >= 0 && key.AsSpan().SequenceCompareTo(end) < 0;

    private static IReadOnlyList<KeyValuePair<MetadataPath, byte[]>> ValuesOf(DataDocument document) => document switch
    {
        DataDocument.Container container => container.Values,
        DataDocument.Scalar scalar => [new(MetadataPath.Root, scalar.Value)],
        _ => throw new UnreachableException($"No such document: {document}"),
    };
}
