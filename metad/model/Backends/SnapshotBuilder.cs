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

    /// <summary>The bytes of keys and values that the last revision put in place or took away.</summary>
    public long ChangedBytes { get; private set; }

    /// <summary>Applies all that one revision changed, or all keys of a first reading.</summary>
    /// <param name="revision">The revision; below the last one when the store was replaced by another.</param>
    /// <param name="changes">The changes in order.</param>
    /// <returns>The hosts whose rules could not be read, with the reason; those rules stay as they were.</returns>
    public IReadOnlyDictionary<string, string> Apply(long revision, IEnumerable<BackendChange> changes)
    {
        var data = new PendingChanges(Current.Tree, _dataKeys);
        var mapping = new PendingChanges(Current.Mapping.Tree, _mappingKeys);
        var ruleBytes = 0L;
        var rules = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            switch (_layout.Locate(change.Key.Span))
            {
                case KeyPlace.DataValue place:
                    data.Add(place.Path, place.IsCanonical, change);
                    break;
                case KeyPlace.MappingName place:
                    mapping.Add(place.Path, place.IsCanonical, change);
                    break;
                case KeyPlace.HostRuleList place:
                    rules[place.Host] = change.Value;
                    ruleBytes += change.Key.Length + (change.Value?.Length ?? 0);
                    break;
                case KeyPlace.Outside:
                    break;
            }
        }

        Current = new(
            revision,
            Current.Tree.Apply(data.All, _names),
            Current.Mapping.Apply(mapping.All, _names),
            Current.Rules.Apply(rules));
        ChangedBytes = data.Bytes + mapping.Bytes + ruleBytes;
        return UnreadableOf(rules.Keys);
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

    // The changes of one revision to one tree, in order.
    private sealed class PendingChanges(MetadataTree tree, FoldedKeys keys)
    {
        private readonly List<TreeChange> _changes = [];

        // Filled only where several keys spell one path, and each change goes in once.
        private readonly Dictionary<MetadataPath, byte[]?> _last = [];
        private int _filled;

        public IReadOnlyCollection<TreeChange> All => _changes;

        public long Bytes { get; private set; }

        public void Add(MetadataPath path, bool isCanonical, BackendChange change)
        {
            _changes.Add(new(path, keys.Resolve(path, isCanonical, change, ShownNow)));
            Bytes += change.Key.Length + (change.Value?.Length ?? 0) + (tree.Find(path)?.Value.Length ?? 0);
        }

        private byte[]? ShownNow(MetadataPath path)
        {
            for (; _filled < _changes.Count; _filled++)
            {
                _last[_changes[_filled].Path] = _changes[_filled].Value;
            }

            return _last.TryGetValue(path, out var value) ? value : tree.Find(path)?.StoredValue;
        }
    }
}
