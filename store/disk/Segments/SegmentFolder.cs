using System.Globalization;

namespace Sync.Disk.Segments;

/// <summary>The names of the value segments' files.</summary>
/// <remarks>
/// <c>NUMBER.values</c> holds a segment's changes, <c>NUMBER.index</c> what a start needs to know of them (8 hexadecimal
/// digits), <c>index.tmp</c> one that is being made.
/// </remarks>
internal sealed class SegmentFolder
{
    private const string ValuesSuffix = ".values";
    private const string IndexSuffix = ".index";
    private const string Unfinished = "index.tmp";

    private readonly IDisk _disk;
    private readonly string _path;

    internal SegmentFolder(IDisk disk, string path)
    {
        _disk = disk;
        _path = path;
    }

    /// <summary>The whole path of a segment, for messages.</summary>
    internal string FullPathOf(int number) => $"{_disk.Root}/{_path}/{number:x8}{ValuesSuffix}";

    /// <summary>The segments that are there, whether anybody knows them or not.</summary>
    internal IReadOnlyList<int> Numbers() => Numbers(ValuesSuffix);

    /// <summary>Creates a segment's file; one that a crash left without a checkpoint that names it is replaced.</summary>
    internal IDiskFile Create(int number) => _disk.Create(ValuesAt(number));

    /// <summary>Opens a segment's file.</summary>
    internal IDiskFile Open(int number) => _disk.Open(ValuesAt(number));

    /// <summary>Opens the index of a segment.</summary>
    /// <returns>Null when there is none.</returns>
    internal IDiskFile? OpenIndex(int number) => _disk.Exists(IndexAt(number)) ? _disk.Open(IndexAt(number)) : null;

    /// <summary>Writes the index of a segment.</summary>
    internal void WriteIndex(int number, ReadOnlySpan<byte> content)
    {
        if (_disk.Exists(At(Unfinished)))
        {
            _disk.Delete(At(Unfinished));
        }

        using (var file = _disk.Create(At(Unfinished)))
        {
            file.Write(content, 0);
            file.Sync();
        }

        _disk.Rename(At(Unfinished), IndexAt(number));
    }

    /// <summary>Removes a segment with its index. Not durable by itself, and need not be.</summary>
    internal void Delete(int number)
    {
        if (_disk.Exists(IndexAt(number)))
        {
            _disk.Delete(IndexAt(number));
        }

        _disk.Delete(ValuesAt(number));
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

        if (_disk.Exists(At(Unfinished)))
        {
            _disk.Delete(At(Unfinished));
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

    private string ValuesAt(int number) => At($"{number:x8}{ValuesSuffix}");

    private string IndexAt(int number) => At($"{number:x8}{IndexSuffix}");

    private string At(string name) => $"{_path}/{name}";
}
