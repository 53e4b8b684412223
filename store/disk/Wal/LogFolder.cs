using System.Globalization;

namespace Sync.Disk.Wal;

/// <summary>The names of the log's files, and how a segment comes to be.</summary>
/// <remarks>
/// <c>SEQUENCE.log</c> is a segment (16 hexadecimal digits), <c>SEQUENCE.spare</c> one that is no longer needed and will
/// be used again, <c>next.tmp</c> one that is being made. A segment gets its name when its head is durable.
/// </remarks>
internal sealed class LogFolder
{
    private const string SegmentSuffix = ".log";
    private const string SpareSuffix = ".spare";
    private const string Unfinished = "next.tmp";
    private const int ZeroBytes = 1024 * 1024;

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly ulong _directory;

    internal LogFolder(IDisk disk, string path, ulong directory)
    {
        _disk = disk;
        _path = path;
        _directory = directory;
    }

    /// <summary>The folder's whole path, for messages.</summary>
    internal string FullPath => _disk.PathOf(_path);

    /// <summary>The whole path of a segment, for messages.</summary>
    internal string FullPathOf(long sequence) => _disk.PathOf(At(sequence));

    /// <summary>The segments that are there, in order.</summary>
    internal List<long> Sequences() => Numbers(SegmentSuffix);

    /// <summary>The spare segments that are there, by the number that they last had.</summary>
    internal List<long> Spares() => Numbers(SpareSuffix);

    /// <summary>
    /// Makes the names durable that are there. A process that was killed may have left some that a loss of power would
    /// still take away.
    /// </summary>
    internal void Sync() => _disk.SyncDirectory(_path);

    /// <summary>Removes what a crash left unfinished.</summary>
    internal void Clean()
    {
        if (_disk.Exists(Combine(Unfinished)))
        {
            _disk.Delete(Combine(Unfinished));
        }
    }

    /// <summary>Opens a segment and reads its head.</summary>
    /// <exception cref="DamageException">The head is damaged.</exception>
    internal LogSegment Open(long sequence)
    {
        var file = _disk.Open(At(sequence));
        try
        {
            return new LogSegment(LogSegmentHead.Read(file, _directory, sequence), file);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a segment of zeros, with a durable head.</summary>
    internal LogSegment Make(long sequence, int segmentBytes)
    {
        Clean();
        var file = _disk.Create(Combine(Unfinished));
        file.Allocate(segmentBytes);
        var zeros = new byte[Math.Min(ZeroBytes, segmentBytes)];
        for (var offset = 0; offset < segmentBytes; offset += zeros.Length)
        {
            file.Write(zeros.AsSpan(0, Math.Min(zeros.Length, segmentBytes - offset)), offset);
        }

        return Finish(file, Combine(Unfinished), sequence, segmentBytes);
    }

    /// <summary>Makes a segment from a spare one, whose blocks are allocated and written already.</summary>
    internal LogSegment Reuse(long spare, long sequence, int segmentBytes)
    {
        var file = _disk.Open(SpareAt(spare));
        if (file.LengthBytes != segmentBytes)
        {
            file.Dispose();
            DeleteSpare(spare);
            return Make(sequence, segmentBytes);
        }

        return Finish(file, SpareAt(spare), sequence, segmentBytes);
    }

    /// <summary>Turns a segment into a spare one, durably, so that segments always go in order.</summary>
    internal void Retire(long sequence)
    {
        _disk.Rename(At(sequence), SpareAt(sequence));
        _disk.SyncDirectory(_path);
    }

    /// <summary>Removes a segment, durably, so that segments always go in order.</summary>
    internal void Delete(long sequence)
    {
        _disk.Delete(At(sequence));
        _disk.SyncDirectory(_path);
    }

    /// <summary>Removes a spare segment.</summary>
    internal void DeleteSpare(long spare) => _disk.Delete(SpareAt(spare));

    private LogSegment Finish(IDiskFile file, string name, long sequence, int segmentBytes)
    {
        var head = new LogSegmentHead(_directory, sequence, segmentBytes);
        file.Write(head.Encode(), 0);
        file.Sync();
        _disk.Rename(name, At(sequence));
        _disk.SyncDirectory(_path);
        return new LogSegment(head, file);
    }

    private List<long> Numbers(string suffix) =>
    [
        .. _disk.List(_path)
            .Where(name => name.Length == 16 + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal))
            .Select(name => long.TryParse(
                name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0)
            .Where(number => number > 0)
            .Order(),
    ];

    private string At(long sequence) => Combine($"{sequence:x16}{SegmentSuffix}");

    private string SpareAt(long sequence) => Combine($"{sequence:x16}{SpareSuffix}");

    private string Combine(string name) => $"{_path}/{name}";
}
