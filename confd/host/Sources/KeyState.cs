namespace Sync.Confd.Sources;

/// <summary>All keys that the resources select, as of one moment. Immutable.</summary>
/// <param name="Revision">The store's revision; 0 where the source has none.</param>
/// <param name="Keys">The keys and values; may be walked any number of times, on any thread.</param>
internal sealed record KeyState(long Revision, IEnumerable<StoredKey> Keys);

/// <summary>A key of a source.</summary>
/// <param name="Name">Its whole name.</param>
/// <param name="Value">Its value; not changed by anybody.</param>
internal readonly record struct StoredKey(string Name, ReadOnlyMemory<byte> Value);
