using System.Text;

namespace Sync.Templates.Keys;

/// <summary>
/// The keys and values of one render: immutable, sorted by the bytes of the key. A directory is no entry of
/// its own; it exists as the leading part of keys.
/// </summary>
/// <remarks>Values and paths are held as given; the caller does not change the bytes afterwards.</remarks>
public sealed class KeySnapshot
{
    private readonly byte[][] _paths;
    private readonly byte[][] _values;

    private KeySnapshot(byte[][] paths, byte[][] values)
    {
        _paths = paths;
        _values = values;
    }

    /// <summary>A snapshot without keys.</summary>
    public static KeySnapshot Empty { get; } = new([], []);

    /// <summary>The number of keys.</summary>
    public int Count => _paths.Length;

    /// <summary>Sorts entries into a snapshot; of equal paths the last one wins.</summary>
    /// <param name="entries">The keys and values in any order.</param>
    public static KeySnapshot Of(IEnumerable<KeyEntry> entries)
    {
        var latest = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
        foreach (var entry in entries)
        {
            latest[entry.Path.ToArray()] = entry.Value.ToArray();
        }

        return new KeySnapshot([.. latest.Keys], [.. latest.Values]);
    }

    /// <summary>Sorts pairs of text into a snapshot; of equal paths the last one wins.</summary>
    /// <param name="entries">The keys and values in any order, encoded as UTF-8.</param>
    public static KeySnapshot Of(IEnumerable<KeyValuePair<string, string>> entries) =>
        Of(entries.Select(entry => KeyEntry.FromText(entry.Key, entry.Value)));

    /// <summary>The value of a key, or null when the key is absent.</summary>
    /// <param name="path">The whole key, compared byte for byte.</param>
    public ReadOnlyMemory<byte>? Value(string path) =>
        Find(Encoding.UTF8.GetBytes(path)) is var index and >= 0 ? _values[index] : default(ReadOnlyMemory<byte>?);

    /// <summary>The entries in byte order of their paths.</summary>
    public IEnumerable<KeyEntry> Entries => _paths.Select((path, index) => new KeyEntry(path, _values[index]));

    internal byte[] PathAt(int index) => _paths[index];

    internal byte[] ValueAt(int index) => _values[index];

    /// <summary>The position of a path, or a negative number when it is absent.</summary>
    internal int Find(ReadOnlySpan<byte> path)
    {
        var position = LowerBound(path);
        return position < _paths.Length && path.SequenceEqual(_paths[position]) ? position : -1;
    }

    /// <summary>The position of the first path that is not below <paramref name="path"/> in byte order.</summary>
    internal int LowerBound(ReadOnlySpan<byte> path)
    {
        var (low, high) = (0, _paths.Length);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (path.SequenceCompareTo(_paths[middle]) > 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
