using System.Runtime.CompilerServices;
using Sync.Metad.Backends;
using Sync.Metad.Model.Backends;

namespace Sync.Metad.Keeping;

/// <summary>A backend whose last snapshot is on disk: told first, and then replaced by what the backend itself tells.</summary>
internal sealed class KeptBackend : IBackend
{
    private readonly IBackend _backend;
    private readonly Func<KeptKeys?> _read;

    /// <summary>Puts a file before a backend.</summary>
    /// <param name="backend">The backend.</param>
    /// <param name="read">Reads the file, once for each following; null is told when it has nothing.</param>
    public KeptBackend(IBackend backend, Func<KeptKeys?> read)
    {
        _backend = backend;
        _read = read;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<BackendUpdate> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var kept = _read();
        if (kept is not null)
        {
            yield return new BackendUpdate.Kept(kept.Image.Revision, kept.Image.Keys, kept.KnownAt);
        }

        await foreach (var update in _backend.FollowAsync(cancellationToken))
        {
            switch (update)
            {
                case BackendUpdate.Changed first when kept is not null:
                    yield return After(kept.Image, first);
                    kept = null;
                    break;
                case BackendUpdate.Lost lost when kept is not null:
                    // The backend was not followed since this start; its keys were, before.
                    yield return lost with { Since = kept.KnownAt };
                    break;
                default:
                    yield return update;
                    break;
            }
        }
    }

    /// <inheritdoc/>
    public Task<long?> WriteAsync(
        IReadOnlyList<BackendOperation> operations, WriteGuard? guard, CancellationToken cancellationToken) =>
        _backend.WriteAsync(operations, guard, cancellationToken);

    // All keys become those that differ. Revisions that do not rise with the content are those of another store.
    private static BackendUpdate After(SnapshotImage kept, BackendUpdate.Changed all)
    {
        var changes = Difference(kept.Keys, all.Changes);
        var isAnother = all.Revision < kept.Revision || (all.Revision == kept.Revision && changes.Count > 0);
        if (isAnother)
        {
            return new BackendUpdate.Relisted(all.Revision, changes, "StoreReplaced");
        }

        return new BackendUpdate.Changed(all.Revision, changes);
    }

    // What goes comes first, so that a key that is now spelled otherwise is not taken away after it came.
    private static List<BackendChange> Difference(
        IReadOnlyList<BackendChange> before, IReadOnlyCollection<BackendChange> after)
    {
        var old = before.ToDictionary(change => change.Key, change => change.Value, KeyBytes.Instance);
        var puts = new List<BackendChange>();
        foreach (var change in after)
        {
            var isKnown = old.Remove(change.Key, out var known);
            if (!isKnown || !known.AsSpan().SequenceEqual(change.Value))
            {
                puts.Add(change);
            }
        }

        return [.. old.Keys.Select(key => new BackendChange(key, Value: null)), .. puts];
    }

    private sealed class KeyBytes : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static KeyBytes Instance { get; } = new();

        public bool Equals(ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span);

        public int GetHashCode(ReadOnlyMemory<byte> key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key.Span);
            return hash.ToHashCode();
        }
    }
}
