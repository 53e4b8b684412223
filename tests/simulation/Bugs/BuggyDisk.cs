using Sync.Disk;
using Sync.Posix;

namespace Sync.Simulation.Bugs;

/// <summary>A disk whose user forgets, or a driver that lies, about one thing.</summary>
internal sealed class BuggyDisk(IDisk disk, PlantedBug bug, Random random) : IDisk
{
    private const int WritesPerLoss = 20;
    private const int WritesPerFlip = 300;

    public string Root => disk.Root;

    public long FreeBytesIn(string directory) => disk.FreeBytesIn(directory);

    public void MakeDirectory(string directory) => disk.MakeDirectory(directory);

    public IReadOnlyList<string> List(string directory) => disk.List(directory);

    public bool Exists(string path) => disk.Exists(path);

    public IDiskFile Create(string path) => new BuggyFile(this, disk.Create(path), path);

    public IDiskFile Open(string path) => new BuggyFile(this, disk.Open(path), path);

    public void Rename(string source, string target) => disk.Rename(source, target);

    public void Delete(string path) => disk.Delete(path);

    public void SyncDirectory(string directory)
    {
        if (bug != PlantedBug.SkipDirectorySync)
        {
            disk.SyncDirectory(directory);
        }
    }

    private static bool Contains(string path, string folder) => path.Contains(folder, StringComparison.Ordinal);

    private bool Skips(string path) => bug switch
    {
        PlantedBug.SkipLogSync => Contains(path, "/wal/"),
        PlantedBug.SkipSegmentSync => Contains(path, "/segments/"),
        PlantedBug.SkipCheckpointSync => Contains(path, "/checkpoints/"),
        _ => false,
    };

    private sealed class BuggyFile(BuggyDisk owner, IDiskFile file, string path) : IDiskFile
    {
        public string Path => file.Path;

        public long LengthBytes => file.LengthBytes;

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            switch (owner)
            {
                case { Bug: PlantedBug.LoseSegmentWrite } when Contains(path, "/segments/") && owner.Happens(WritesPerLoss):
                    return;
                case { Bug: PlantedBug.FlipLogBit } when Contains(path, "/wal/") && owner.Happens(WritesPerFlip):
                    var flipped = bytes.ToArray();
                    flipped[owner.Next(flipped.Length)] ^= 4;
                    file.Write(flipped, offset);
                    return;
                case { Bug: PlantedBug.IgnoreFullDisk }:
                    var copy = bytes.ToArray();
                    Try(() => file.Write(copy, offset));
                    return;
                default:
                    file.Write(bytes, offset);
                    return;
            }
        }

        public int Read(Span<byte> bytes, long offset) => file.Read(bytes, offset);

        public void Sync()
        {
            if (!owner.Skips(path))
            {
                file.Sync();
            }
        }

        public void Allocate(long lengthBytes)
        {
            if (owner.Bug == PlantedBug.IgnoreFullDisk)
            {
                Try(() => file.Allocate(lengthBytes));
            }
            else
            {
                file.Allocate(lengthBytes);
            }
        }

        public bool TryLock() => file.TryLock();

        public void Dispose() => file.Dispose();

        private static void Try(Action call)
        {
            try
            {
                call();
            }
            catch (PosixException failure) when (failure.Error == Errno.NoSpace)
            {
                // As if it had been done.
            }
        }
    }

    private PlantedBug Bug => bug;

    private bool Happens(int oneIn) => random.Next(oneIn) == 0;

    private int Next(int limit) => random.Next(limit);
}
