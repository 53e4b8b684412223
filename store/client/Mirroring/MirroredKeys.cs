using System.Collections.Immutable;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>The pairs of the mirrored ranges as of one revision. Immutable; may be kept and shared.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Pairs">Every pair by its key, in key order.</param>
public sealed record MirroredKeys(long Revision, ImmutableSortedDictionary<ByteString, StoredPair> Pairs)
{
    /// <summary>The keys that a listing shows.</summary>
    internal static MirroredKeys From(Listing listing) => new(
        listing.Revision,
        listing.Pairs.ToImmutableSortedDictionary(pair => pair.Key, pair => pair, KeyOrder.Instance));

    /// <summary>These keys after one more revision.</summary>
    /// <param name="revision">Above <see cref="Revision"/>.</param>
    /// <param name="events">What the revision did, in its order.</param>
    /// <returns>The keys, and the changes that led to them; a delete of an absent key is none.</returns>
    internal (MirroredKeys Keys, ImmutableArray<KeyChange> Changes) After(long revision, IEnumerable<Event> events)
    {
        var pairs = Pairs.ToBuilder();
        var changes = ImmutableArray.CreateBuilder<KeyChange>();
        foreach (var happened in events)
        {
            var previous = pairs.GetValueOrDefault(happened.Kv.Key);
            if (happened.Type == Event.Types.EventType.Put)
            {
                var pair = StoredPair.From(happened.Kv);
                pairs[pair.Key] = pair;
                changes.Add(new KeyChange.Put(pair, previous));
            }
            else if (previous is not null)
            {
                pairs.Remove(previous.Key);
                changes.Add(new KeyChange.Removal(previous));
            }
        }

        return (new MirroredKeys(revision, pairs.ToImmutable()), changes.ToImmutable());
    }

    /// <summary>What must happen to these keys to become <paramref name="target"/>, in key order.</summary>
    internal ImmutableArray<KeyChange> DifferenceTo(MirroredKeys target)
    {
        var changes = ImmutableArray.CreateBuilder<KeyChange>();
        using var before = Pairs.Values.GetEnumerator();
        using var after = target.Pairs.Values.GetEnumerator();
        var old = Next(before);
        var now = Next(after);
        while (old is not null || now is not null)
        {
            var order = old is null ? 1 : now is null ? -1 : KeyOrder.Instance.Compare(old.Key, now.Key);
            if (order < 0 && old is not null)
            {
                changes.Add(new KeyChange.Removal(old));
            }
            else if (now is not null && now != old)
            {
                changes.Add(new KeyChange.Put(now, order == 0 ? old : null));
            }

            old = order <= 0 ? Next(before) : old;
            now = order >= 0 ? Next(after) : now;
        }

        return changes.ToImmutable();
    }

    /// <summary>The pair that changed last; null when there is none.</summary>
    internal StoredPair? Newest() => Pairs.Values.MaxBy(pair => pair.ModRevision);

    private static StoredPair? Next(IEnumerator<StoredPair> pairs) => pairs.MoveNext() ? pairs.Current : null;
}
