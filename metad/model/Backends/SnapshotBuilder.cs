using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;

namespace Sync.Metad.Model.Backends;

/// <summary>
/// Turns the changes of the backend into snapshots, one for each revision. Belongs to the one loop that follows the
/// backend; the snapshots may be read from everywhere.
/// </summary>
public sealed class SnapshotBuilder
{
    private readonly KeyLayout _layout;
    private readonly NameTable _names = new();
    private readonly FoldedKeys _dataKeys = new();
    private readonly FoldedKeys _mappingKeys = new();

    /// <summary>Starts with a snapshot without keys, at revision 0.</summary>
    /// <param name="layout">What keys mean.</param>
    public SnapshotBuilder(KeyLayout layout) => _layout = layout;

    /// <summary>The snapshot of the last revision.</summary>
    public MetadataSnapshot Current { get; private set; } = MetadataSnapshot.CreateEmpty();

    /// <summary>Applies all that one revision changed, or all keys of a first reading.</summary>
    /// <param name="revision">The revision; below the last one when the store was replaced by another.</param>
    /// <param name="changes">The changes in order.</param>
    /// <returns>The hosts whose rules could not be read, with the reason; those rules stay as they were.</returns>
    public IReadOnlyDictionary<string, string> Apply(long revision, IEnumerable<BackendChange> changes)
    {
        var data = new List<TreeChange>();
        var mapping = new List<TreeChange>();
        var rules = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            switch (_layout.Locate(change.Key.Span))
            {
                case KeyPlace.DataValue place:
                    Add(data, _dataKeys, place.Path, place.IsCanonical, change, Current.Tree);
                    break;
                case KeyPlace.MappingName place:
                    Add(mapping, _mappingKeys, place.Path, place.IsCanonical, change, Current.Mapping.Tree);
                    break;
                case KeyPlace.HostRuleList place:
                    rules[place.Host] = change.Value;
                    break;
                case KeyPlace.Outside:
                    break;
            }
        }

        Current = new(
            revision,
            Current.Tree.Apply(data, _names),
            Current.Mapping.Apply(mapping, _names),
            Current.Rules.Apply(rules));
        return UnreadableOf(rules.Keys);
    }

    private static void Add(
        List<TreeChange> pending,
        FoldedKeys keys,
        MetadataPath path,
        bool isCanonical,
        BackendChange change,
        MetadataTree tree)
    {
        pending.Add(new(path, keys.Resolve(path, isCanonical, change, ShownNow)));

        byte[]? ShownNow(MetadataPath shown)
        {
            var last = pending.FindLastIndex(earlier => earlier.Path == shown);
            return last >= 0 ? pending[last].Value : tree.Find(shown)?.StoredValue;
        }
    }

    private Dictionary<string, string> UnreadableOf(IEnumerable<string> hosts)
    {
        var unreadable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            if (Current.Rules.Hosts.TryGetValue(host, out var rules) && rules.Problem is { } problem)
            {
                unreadable.Add(host, problem);
            }
        }

        return unreadable;
    }
}
