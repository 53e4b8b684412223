using System.Globalization;
using Sync.Disk.Segments;
using Sync.Posix;

namespace Sync.Disk.Checkpoints;

/// <summary>The saved checkpoints of one group; the last two are kept.</summary>
/// <remarks>
/// <c>NUMBER.checkpoint</c> is a checkpoint (16 hexadecimal digits), <c>checkpoint.tmp</c> one that is being made. A
/// checkpoint gets its name when its content is durable, so one that fails its check was damaged later and is refused:
/// what it named may be gone everywhere else.
/// </remarks>
public sealed class CheckpointFolder
{
    private const string Suffix = ".checkpoint";
    private const string Unfinished = "checkpoint.tmp";

    private readonly IDisk _disk;
    private readonly string _path;
    private readonly ulong _directory;
    private readonly FailStop _failStop;

    // Held while a checkpoint is saved or installed; an installation may come on another thread.
    private readonly Lock _saving = new();
    private ChangeSegments? _segments;
    private long _number;

    private CheckpointFolder(IDisk disk, string path, ulong directory, FailStop failStop)
    {
        _disk = disk;
        _path = path;
        _directory = directory;
        _failStop = failStop;
    }

    /// <summary>The newest checkpoint; null when there is none.</summary>
    public Checkpoint? Newest { get; private set; }

    /// <summary>
    /// The one before it, null when there is none. It is kept, with the segments that it names, in case the newest is
    /// damaged; so the log should be kept from its applied index on, too.
    /// </summary>
    public Checkpoint? Previous { get; private set; }

    /// <summary>What was found at the start and is no reason to refuse, one sentence each.</summary>
    internal List<string> Findings { get; } = [];

    /// <summary>
    /// Syncs the captured segments, then writes the checkpoint durably, then removes what neither this one nor
    /// <see cref="Previous"/> names. One thread at a time; not the writer thread, for it may take long.
    /// </summary>
    /// <param name="checkpoint">Taken at the same moment as the capture, which says its segments.</param>
    /// <param name="segments">The capture.</param>
    /// <returns>
    /// False when nothing was saved, because a snapshot was installed since the capture: the checkpoint is older.
    /// </returns>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool Save(Checkpoint checkpoint, SegmentsCapture segments)
    {
        _failStop.Require();
        segments.Sync();
        lock (_saving)
        {
            if (segments.Source != _segments)
            {
                return false;
            }

            try
            {
                var complete = checkpoint with { Segments = segments.Extents };
                Add(complete);
                Previous = Newest;
                Newest = complete;
                DeleteAllBut(2);
                _segments.RemoveUnnamed(
                    Named(Newest).Concat(Named(Previous)).Select(extent => extent.Segment).ToHashSet());
                return true;
            }
            catch (PosixException cause)
            {
                throw _failStop.Fail(cause);
            }
        }
    }

    /// <summary>
    /// Writes the checkpoint of a snapshot durably: from then on the member is what the snapshot says. The
    /// checkpoints before are removed, for no log leads from them to this one.
    /// </summary>
    /// <param name="checkpoint">The snapshot's state, with segments that are durable.</param>
    /// <param name="open">Opens these segments; what captures of others would save is not saved any more.</param>
    internal void Install(Checkpoint checkpoint, Func<ChangeSegments> open)
    {
        lock (_saving)
        {
            Add(checkpoint);
            Previous = null;
            Newest = checkpoint;
            DeleteAllBut(1);
            _segments = open();
        }
    }

    /// <summary>Reads the checkpoints that are there.</summary>
    /// <exception cref="DamageException">The newest one is damaged.</exception>
    internal static CheckpointFolder Open(IDisk disk, string path, ulong directory, FailStop failStop)
    {
        var folder = new CheckpointFolder(disk, path, directory, failStop);
        if (disk.Exists(folder.AtUnfinished))
        {
            disk.Delete(folder.AtUnfinished);
        }

        // A process that was killed may have left a name that a loss of power would still take away.
        disk.SyncDirectory(path);
        var numbers = folder.Numbers();
        if (numbers.Count > 1)
        {
            folder.ReadPrevious(numbers[^2]);
        }

        if (numbers.Count > 0)
        {
            folder._number = numbers[^1];
            folder.ReadNewest(numbers[^1]);
        }

        if (folder.Newest is { IsInstalled: true })
        {
            // A crash may have come between the installation and this.
            folder.Previous = null;
            folder.DeleteAllBut(1);
        }

        return folder;
    }

    /// <summary>Whether a file may be what <see cref="Create"/> makes, or leaves when a crash ends it.</summary>
    internal static bool IsOfBeginning(string name) => name == $"{1:x16}{Suffix}" || name == Unfinished;

    /// <summary>Makes the first checkpoint of a directory, with what it begins with.</summary>
    internal static void Create(IDisk disk, string path, ulong directory, Checkpoint checkpoint) =>
        new CheckpointFolder(disk, path, directory, new FailStop()).Add(checkpoint);

    /// <summary>Says whose files to remove once no checkpoint names them.</summary>
    internal void Serve(ChangeSegments segments) => _segments = segments;

    private static IReadOnlyList<SegmentExtent> Named(Checkpoint? checkpoint) => checkpoint?.Segments ?? [];

    private string AtUnfinished => $"{_path}/{Unfinished}";

    private string At(long number) => $"{_path}/{number:x16}{Suffix}";

    private void Add(Checkpoint checkpoint)
    {
        Write(CheckpointCodec.Encode(checkpoint, _directory, _number + 1), _number + 1);
        _number++;
    }

    private void DeleteAllBut(int count)
    {
        foreach (var old in Numbers().SkipLast(count))
        {
            _disk.Delete(At(old));
        }
    }

    private void Write(ReadOnlySpan<byte> content, long number)
    {
        if (_disk.Exists(AtUnfinished))
        {
            _disk.Delete(AtUnfinished);
        }

        using (var file = _disk.Create(AtUnfinished))
        {
            file.Write(content, 0);
            file.Sync();
        }

        _disk.Rename(AtUnfinished, At(number));
        _disk.SyncDirectory(_path);
    }

    private List<long> Numbers() =>
    [
        .. _disk.List(_path)
            .Where(name => name.Length == 16 + Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => long.TryParse(
                name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
                ? number
                : 0)
            .Where(number => number > 0)
            .Order(),
    ];

    private Checkpoint Read(long number)
    {
        using var file = _disk.Open(At(number));
        var content = new byte[file.LengthBytes];
        var count = file.Read(content, 0);
        return CheckpointCodec.Decode(file.Path, content.AsSpan(0, count), _directory, number);
    }

    private void ReadPrevious(long number)
    {
        try
        {
            Previous = Read(number);
        }
        catch (DamageException damage)
        {
            Findings.Add($"{damage.Message} The checkpoint after it is whole and is used.");
        }
    }

    private void ReadNewest(long number)
    {
        try
        {
            Newest = Read(number);
        }
        catch (DamageException damage) when (Previous is not null)
        {
            throw new DamageException(
                damage.File, damage.Offset, damage.Fault,
                $"Nothing was changed. The checkpoint before it, at entry {Previous.Applied}, is whole. To start from that "
                + "one, move the damaged file away: the member then applies the log from there on again, and refuses to "
                + "start if the log or a segment does not reach back so far.");
        }
    }
}
