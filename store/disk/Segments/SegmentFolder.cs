using System.Globalization;

namespace Sync.Disk.Segments;

/// <summary>The names of the value segments' files.</summary>
/// <remarks>
/// <c>NUMBER.values</c> holds a segment's changes, <c>NUMBER.index</c> what a start needs to know of them (8 hexadecimal
/// digits). <c>NUMBER.values.tmp</c> is a segment of a snapshot that is being received, <c>NUMBER.index.tmp</c> an index
/// that is being made. Numbers may be given out on any thread; no two segments of a directory's life share one.
/// </remarks>
internal sealed class SegmentFolder
{
    private const string ValuesSuffix = ".values";
    private const string IndexSuffix = ".index";
    private const string UnfinishedSuffix = ".tmp";

    private readonly IDisk _disk;
    private readonly string _path;
    private int _lastNumber;

    internal SegmentFolder(IDisk disk, string path)
    {
        _disk = disk;
        _path = path;
    }

    /// <summary>How much room the disk has, in bytes.</summary>
    internal long FreeBytes => _disk.FreeBytesIn(_path);

    /// <summary>The whole path of a segment, for messages.</summary>
    internal string FullPathOf(int number) => _disk.PathOf(ValuesAt(number));

    /// <summary>A number that no segment here has.</summary>
    internal int NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Gives out numbers from after those that are there.</summary>
    internal void SkipNumbersInUse() => _lastNumber = Numbers(ValuesSuffix).Append(_lastNumber).Max();

    /// <summary>Creates a segment's file.</summary>
    internal IDiskFile Create(int number) => _disk.Create(ValuesAt(number));

    /// <summary>Creates the file of a segment that is being received.</summary>
    internal IDiskFile CreateReceived(int number) => _disk.Create(ReceivedAt(number));

    /// <summary>Gives a received segment, whose content is durable, its lasting name.</summary>
    internal void Keep(int number) => _disk.Rename(ReceivedAt(number), ValuesAt(number));

    /// <summary>Removes a received segment that is of no use, with its index.</summary>
    internal void DeleteReceived(int number)
    {
        DeleteIfThere(IndexAt(number));
        DeleteIfThere(ReceivedAt(number));
    }

    /// <summary>Opens a segment's file.</summary>
    internal IDiskFile Open(int number) => _disk.Open(ValuesAt(number));

    /// <summary>Opens the index of a segment.</summary>
    /// <returns>Null when there is none.</returns>
    internal IDiskFile? OpenIndex(int number) => _disk.Exists(IndexAt(number)) ? _disk.Open(IndexAt(number)) : null;

    /// <summary>Writes the index of a segment.</summary>
    internal void WriteIndex(int number, ReadOnlySpan<byte> content)
    {
        var unfinished = IndexAt(number) + UnfinishedSuffix;
        DeleteIfThere(unfinished);
        using (var file = _disk.Create(unfinished))
        {
            file.Write(content, 0);
            file.Sync();
        }

        _disk.Rename(unfinished, IndexAt(number));
    }

    /// <summary>Removes a segment with its index. Not durable by itself, and need not be.</summary>
    internal void Delete(int number)
    {
        DeleteIfThere(IndexAt(number));
        DeleteIfThere(ValuesAt(number));
    }

    /// <summary>Removes every segment but those named, every index without its segment, and unfinished files.</summary>
    internal void Clean(IReadOnlySet<int> kept)
    {
        foreach (var number in Numbers(ValuesSuffix).Where(number => !kept.Contains(number)))
        {
            _disk.Delete(ValuesAt(number));
        }

        foreach (var number in Numbers(IndexSuffix).Where(number => !kept.Contains(number)))
        {
            _disk.Delete(IndexAt(number));
        }

        foreach (var name in _disk.List(_path).Where(name => name.EndsWith(UnfinishedSuffix, StringComparison.Ordinal)))
        {
            _disk.Delete(At(name));
        }
    }

    /// <summary>Makes the names of new segments durable.</summary>
    internal void Sync() => _disk.SyncDirectory(_path);

    private List<int> Numbers(string suffix) =>
    [
        .. _disk.List(_path)
            .Where(name => name.Length == 8 + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(name => int.TryParse(
                name.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0)
            .Where(number => number > 0),
    ];

    private void DeleteIfThere(string path)
    {
        if (_disk.Exists(path))
        {
            _disk.Delete(path);
        }
    }

    private string ReceivedAt(int number) => ValuesAt(number) + UnfinishedSuffix;

    private string ValuesAt(int number) => At($"{number:x8}{ValuesSuffix}");

    private string IndexAt(int number) => At($"{number:x8}{IndexSuffix}");

    private string At(string name) => $"{_path}/{name}";
}
