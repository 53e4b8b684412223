using Sync.Metad.Model.Paths;

namespace Sync.Metad.Model.Backends;

/// <summary>
/// Decides which value a path shows when several keys spell it, such as <c>/d/k</c> and <c>/d//k</c>: the canonical
/// spelling wins, else the first in byte order. So what is shown depends on the keys that exist and not on how they
/// came about, and is the same on every replica.
/// </summary>
internal sealed class FoldedKeys
{
    // Only paths that have, or had at the last change, a spelling other than the canonical one.
    private readonly Dictionary<MetadataPath, Spellings> _contested = [];

    /// <summary>The value that a path shows after a change of one of its keys.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isCanonical">States that the key is the path's canonical one.</param>
    /// <param name="change">The change.</param>
    /// <param name="shownNow">The value that the path shows before the change.</param>
    public byte[]? Resolve(MetadataPath path, bool isCanonical, BackendChange change, Func<MetadataPath, byte[]?> shownNow)
    {
        if (!_contested.TryGetValue(path, out var spellings))
        {
            if (isCanonical)
            {
                return change.Value;
            }

            spellings = new(shownNow(path));
            _contested.Add(path, spellings);
        }

        if (isCanonical)
        {
            spellings.Canonical = change.Value;
        }
        else if (change.Value is { } value)
        {
            spellings.Others[change.Key] = value;
        }
        else
        {
            spellings.Others.Remove(change.Key);
        }

        if (spellings.Others.Count == 0)
        {
            _contested.Remove(path);
        }

        return spellings.Canonical ?? spellings.Others.Values.FirstOrDefault();
    }

    private sealed class Spellings(byte[]? canonical)
    {
        public byte[]? Canonical { get; set; } = canonical;

        public SortedDictionary<ReadOnlyMemory<byte>, byte[]> Others { get; } = new(
            Comparer<ReadOnlyMemory<byte>>.Create(static (left, right) => left.Span.SequenceCompareTo(right.Span)));
    }
}
