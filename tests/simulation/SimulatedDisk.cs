using Sync.Disk;
using Sync.Posix;

namespace Sync.Simulation;

/// <summary>
/// A disk in memory that can lose power, fail and rot. It holds what programs see and what is on the device apart,
/// in sectors of 512 bytes and directory entries; losing power keeps any legal part of what was not synced.
/// </summary>
/// <remarks>Everything follows from the seed and the order of calls. Members may be called from any thread.</remarks>
public sealed class SimulatedDisk : IDisk
{
    private readonly Lock _lock = new();
    private readonly Random _random;
    private readonly SortedDictionary<string, SimulatedFolder> _folders = new(StringComparer.Ordinal)
    {
        [""] = new(),
    };

    private readonly HashSet<SimulatedInode> _files = [];
    private int _boot;
    private bool _isOff;

    /// <summary>An empty disk.</summary>
    /// <param name="seed">Decides what survives a loss of power and how much of a failed write is done.</param>
    public SimulatedDisk(int seed) => _random = new Random(seed);

    /// <inheritdoc/>
    public string Root => "/simulated";

    /// <summary>What it says is free; it takes more all the same, but while it <see cref="IsFull"/>.</summary>
    public long FreeBytes { get => IsFull ? 0 : field; set; } = long.MaxValue;

    /// <summary>
    /// Whether there is no room: no file is created or grows, of a write only what needs no room is done, and what is deleted
    /// gives none back.
    /// </summary>
    public bool IsFull { get; set; }

    /// <summary>How many calls were made.</summary>
    public long Calls { get; private set; }

    /// <summary>Names the fault of each call; by default none has one.</summary>
    public Func<DiskCall, DiskFault> FaultOf { get; set; } = _ => DiskFault.None;

    /// <summary>
    /// Ends the process by a loss of power and starts the machine again: open files are dead, and of what was not
    /// synced any part may be gone.
    /// </summary>
    public void LosePower()
    {
        lock (_lock)
        {
            foreach (var folder in _folders.Values)
            {
                folder.PersistSome(_random);
                folder.Forget();
            }

            foreach (var file in _files)
            {
                file.PersistSome(_random);
                file.Forget();
            }

            _isOff = false;
            _boot++;
        }
    }

    /// <summary>Ends the process as a kill does: open files are dead, the content stays as programs saw it.</summary>
    public void KillProcess()
    {
        lock (_lock)
        {
            foreach (var file in _files)
            {
                file.LockHolder = null;
            }

            _isOff = false;
            _boot++;
        }
    }

    /// <summary>Turns one bit of a file over, as a bad device does.</summary>
    /// <param name="path">An existing file.</param>
    /// <param name="offset">The byte.</param>
    /// <param name="bit">The bit in it, 0 to 7.</param>
    public void Flip(string path, int offset, int bit)
    {
        lock (_lock)
        {
            Inode(path).Flip(offset, bit);
        }
    }

    /// <summary>Cuts a file short, as a bad administrator does.</summary>
    public void Cut(string path, int lengthBytes)
    {
        lock (_lock)
        {
            Inode(path).Cut(lengthBytes);
        }
    }

    /// <summary>A copy of a file's content, without counting as a call.</summary>
    public byte[] ContentOf(string path)
    {
        lock (_lock)
        {
            var inode = Inode(path);
            return inode.Content.AsSpan(0, inode.Length).ToArray();
        }
    }

    /// <summary>A copy of the disk as programs see it now, all of it durable, with a seed of its own.</summary>
    public SimulatedDisk Copy(int seed)
    {
        lock (_lock)
        {
            var copy = new SimulatedDisk(seed);
            foreach (var (name, folder) in _folders)
            {
                var twin = copy._folders[name] = new SimulatedFolder();
                foreach (var (entry, inode) in folder.Entries)
                {
                    var file = new SimulatedInode();
                    file.Write(inode.Content.AsSpan(0, inode.Length), 0);
                    file.PersistAll();
                    copy._files.Add(file);
                    twin.Add(entry, file);
                }

                twin.PersistAll();
            }

            return copy;
        }
    }

    /// <inheritdoc/>
    public long FreeBytesIn(string directory) => FreeBytes;

    /// <inheritdoc/>
    public void MakeDirectory(string directory) => Call(DiskOperation.MakeDirectory, directory, fault =>
    {
        ThrowOn(fault, "mkdir", directory);

        // That a new directory may vanish is left to its parent's entries on real disks; here it stays.
        _folders.TryAdd(directory, new SimulatedFolder());
        return true;
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) => Call(DiskOperation.List, directory, fault =>
    {
        ThrowOn(fault, "opendir", directory);
        return Names(directory);
    });

    /// <inheritdoc/>
    public bool Exists(string path) => Call(DiskOperation.List, path, fault =>
    {
        ThrowOn(fault, "statx", path);
        return _folders.ContainsKey(path)
            || (_folders.TryGetValue(ParentOf(path), out var folder) && folder.Entries.ContainsKey(NameOf(path)));
    });

    /// <inheritdoc/>
    public IDiskFile Create(string path) => Call(DiskOperation.Create, path, fault =>
    {
        ThrowOn(IsFull && fault == DiskFault.None ? DiskFault.NoSpace : fault, "open", path);
        if (FolderOf(path).Entries.ContainsKey(NameOf(path)))
        {
            throw new PosixException("open", path, Errno.Exists);
        }

        var inode = new SimulatedInode();
        _files.Add(inode);
        FolderOf(path).Add(NameOf(path), inode);
        return new OpenFile(this, inode, path);
    });

    /// <inheritdoc/>
    public IDiskFile Open(string path) => Call(DiskOperation.Open, path, fault =>
    {
        ThrowOn(fault, "open", path);
        return new OpenFile(this, Inode(path), path);
    });

    /// <inheritdoc/>
    public void Rename(string source, string target) => Call(DiskOperation.Rename, target, fault =>
    {
        ThrowOn(fault, "rename", $"{source} to {target}");
        if (FolderOf(source) != FolderOf(target))
        {
            throw new NotSupportedException("A rename stays in its directory.");
        }

        Inode(source);
        FolderOf(source).Rename(NameOf(source), NameOf(target));
        return true;
    });

    /// <inheritdoc/>
    public void Delete(string path) => Call(DiskOperation.Delete, path, fault =>
    {
        ThrowOn(fault, "unlink", path);
        FolderOf(path).Remove(NameOf(path));
        return true;
    });

    /// <inheritdoc/>
    public void SyncDirectory(string directory) => Call(DiskOperation.SyncDirectory, directory, fault =>
    {
        // File systems keep the entries of a failed sync for a later one, unlike the content of files.
        ThrowOn(fault, "fsync", directory);
        if (fault == DiskFault.None)
        {
            _folders[directory].PersistAll();
        }

        return true;
    });

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string ParentOf(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private static void ThrowOn(DiskFault fault, string operation, string path)
    {
        switch (fault)
        {
            case DiskFault.InputOutput:
                throw new PosixException(operation, path, Errno.InputOutput);
            case DiskFault.NoSpace:
                throw new PosixException(operation, path, Errno.NoSpace);
            case DiskFault.None or DiskFault.PowerLoss:
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault, null);
        }
    }

    private List<string> Names(string directory)
    {
        if (!_folders.TryGetValue(directory, out var folder))
        {
            throw new PosixException("opendir", directory, Errno.NotFound);
        }

        var inside = directory.Length == 0 ? "" : directory + "/";
        return
        [
            .. _folders.Keys
                .Where(name => name.Length > inside.Length && name.StartsWith(inside, StringComparison.Ordinal))
                .Select(name => name[inside.Length..])
                .Where(name => !name.Contains('/'))
                .Concat(folder.Entries.Keys)
                .Order(StringComparer.Ordinal),
        ];
    }

    private SimulatedFolder FolderOf(string path) => _folders.TryGetValue(ParentOf(path), out var folder)
        ? folder
        : throw new PosixException("open", path, Errno.NotFound);

    private SimulatedInode Inode(string path) =>
        FolderOf(path).Entries.TryGetValue(NameOf(path), out var inode)
            ? inode
            : throw new PosixException("open", path, Errno.NotFound);

    // The effect of a call under which the power goes is done in memory: what of it lasts, LosePower decides.
    private T Call<T>(DiskOperation operation, string path, Func<DiskFault, T> effect)
    {
        lock (_lock)
        {
            var call = new DiskCall(++Calls, operation, path);
            if (_isOff)
            {
                throw new PowerLossException(call);
            }

            var fault = FaultOf(call);
            if (fault != DiskFault.PowerLoss)
            {
                return effect(fault);
            }

            _isOff = true;
            try
            {
                effect(fault);
            }
            catch (PosixException)
            {
                // The call would have failed anyway; nobody is left to hear it.
            }

            throw new PowerLossException(call);
        }
    }

    /// <summary>An open file; dead once the process that opened it is.</summary>
    private sealed class OpenFile(SimulatedDisk disk, SimulatedInode inode, string path) : IDiskFile
    {
        private readonly int _boot = disk._boot;

        public string Path => $"{disk.Root}/{path}";

        public long LengthBytes => Call(DiskOperation.Read, fault =>
        {
            ThrowOn(fault, "statx", Path);
            return inode.Length;
        });

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var copy = bytes.ToArray();
            Call(DiskOperation.Write, fault =>
            {
                var room = disk.IsFull ? (int)Math.Clamp(inode.Length - offset, 0, copy.Length) : copy.Length;
                var count = fault is DiskFault.None or DiskFault.PowerLoss ? room : Math.Min(disk._random.Next(copy.Length), room);
                if (count > 0)
                {
                    inode.Write(copy.AsSpan(0, count), checked((int)offset));
                }

                ThrowOn(room < copy.Length && fault == DiskFault.None ? DiskFault.NoSpace : fault, "pwrite", Path);
                return true;
            });
        }

        public int Read(Span<byte> bytes, long offset)
        {
            var copy = Call(DiskOperation.Read, fault =>
            {
                ThrowOn(fault, "pread", Path);
                return inode;
            });

            lock (disk._lock)
            {
                var count = (int)Math.Clamp(copy.Length - offset, 0, bytes.Length);
                copy.Content.AsSpan((int)Math.Min(offset, copy.Length), count).CopyTo(bytes);
                return count;
            }
        }

        public void Sync() => Call(DiskOperation.Sync, fault =>
        {
            if (fault == DiskFault.InputOutput || fault == DiskFault.NoSpace)
            {
                inode.PersistSome(disk._random);
            }

            ThrowOn(fault, "fdatasync", Path);
            if (fault == DiskFault.None)
            {
                inode.PersistAll();
            }

            return true;
        });

        public void Allocate(long lengthBytes) => Call(DiskOperation.Allocate, fault =>
        {
            ThrowOn(disk.IsFull && lengthBytes > inode.Length && fault == DiskFault.None ? DiskFault.NoSpace : fault, "fallocate", Path);
            inode.Grow(checked((int)lengthBytes));
            return true;
        });

        public bool TryLock() => Call(DiskOperation.Lock, fault =>
        {
            ThrowOn(fault, "flock", Path);
            inode.LockHolder ??= this;
            return inode.LockHolder == this;
        });

        public void Dispose()
        {
            lock (disk._lock)
            {
                if (inode.LockHolder == this)
                {
                    inode.LockHolder = null;
                }
            }
        }

        private T Call<T>(DiskOperation operation, Func<DiskFault, T> effect) => disk.Call(operation, path, fault =>
            _boot == disk._boot ? effect(fault) : throw new PosixException("use", Path, Errno.BadDescriptor));
    }
}
