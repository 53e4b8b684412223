using Microsoft.Win32.SafeHandles;

namespace Sync.Posix;

/// <summary>
/// An open file whose every call reports the C library's error. Reads and writes name their offset, so any
/// number of threads may use one file at once.
/// </summary>
/// <remarks>
/// The base library's own flush hides errors on .NET 10 and its move copies across devices, hence this type.
/// A call that a signal interrupts is repeated, except a sync: its outcome would be unknown.
/// </remarks>
public sealed class PosixFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private PosixFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    /// <summary>The path under which the file was opened; used in messages.</summary>
    public string Path { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The path.</param>
    /// <param name="options">How to open it.</param>
    /// <param name="mode">Permission bits of a file that is created, exact whatever the umask.</param>
    /// <exception cref="PosixException">The file could not be opened or created.</exception>
    public static PosixFile Open(string path, OpenOptions options, UnixFileMode mode = UnixFileMode.None)
    {
        var handle = Descriptor.Require(Libc.Open(path, OpenFlags.From(options), (uint)mode), "open", path);
        return Created(new PosixFile(handle, path), options, mode);
    }

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>.</summary>
    /// <exception cref="PosixException">Some bytes could not be written; how many were is unknown.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        while (bytes.Length > 0)
        {
            var written = Libc.PositionedWrite(_handle, bytes, bytes.Length, offset);
            if (written <= 0)
            {
                var error = written == 0 ? Errno.NoSpace : Errno.Last();
                if (error == Errno.Interrupted)
                {
                    continue;
                }

                throw new PosixException("pwrite", Path, error);
            }

            bytes = bytes[(int)written..];
            offset += written;
        }
    }

    /// <summary>Reads into <paramref name="bytes"/> from <paramref name="offset"/> until full or at the end.</summary>
    /// <returns>The number of bytes read; less than asked for only at the end of the file.</returns>
    /// <exception cref="PosixException">The bytes could not be read.</exception>
    public int Read(Span<byte> bytes, long offset)
    {
        var total = 0;
        while (total < bytes.Length)
        {
            var read = Libc.PositionedRead(_handle, bytes[total..], bytes.Length - total, offset + total);
            if (read == 0)
            {
                break;
            }

            if (read < 0)
            {
                var error = Errno.Last();
                if (error == Errno.Interrupted)
                {
                    continue;
                }

                throw new PosixException("pread", Path, error);
            }

            total += (int)read;
        }

        return total;
    }

    /// <summary>Waits until the content, and the size when it grew, is on the device.</summary>
    /// <exception cref="PosixException">
    /// It may not be there. What was not synced before must be taken as lost: never call again and believe it.
    /// </exception>
    public void SyncContent() => Require(Libc.SyncData(_handle), "fdatasync");

    /// <summary>Waits until content and all attributes are on the device.</summary>
    /// <exception cref="PosixException">As for <see cref="SyncContent"/>.</exception>
    public void Sync() => Require(Libc.Sync(_handle), "fsync");

    /// <summary>Reserves blocks for the first <paramref name="lengthBytes"/> and grows the file to that size.</summary>
    /// <returns>False when the file system has no such operation.</returns>
    /// <exception cref="PosixException">The space is not there.</exception>
    public bool Allocate(long lengthBytes)
    {
        while (Libc.Allocate(_handle, 0, 0, lengthBytes) != 0)
        {
            var error = Errno.Last();
            if (error == Errno.NotSupported)
            {
                return false;
            }

            if (error != Errno.Interrupted)
            {
                throw new PosixException("fallocate", Path, error);
            }
        }

        return true;
    }

    /// <summary>Sets the size.</summary>
    /// <exception cref="PosixException">It could not be set.</exception>
    public void Truncate(long lengthBytes) => Require(Libc.Truncate(_handle, lengthBytes), "ftruncate");

    /// <summary>Sets the permission bits, whatever the umask.</summary>
    /// <exception cref="PosixException">They could not be set.</exception>
    public void ChangeMode(UnixFileMode mode) => Require(Libc.ChangeMode(_handle, (uint)mode), "fchmod");

    /// <summary>Sets the owner; null leaves that half as it is. Clears set-id bits, so set the mode after it.</summary>
    /// <exception cref="PosixException">It could not be set.</exception>
    public void ChangeOwner(uint? user, uint? group) =>
        Require(Libc.ChangeOwner(_handle, user ?? uint.MaxValue, group ?? uint.MaxValue), "fchown");

    /// <summary>Takes the exclusive lock of the file until it is closed or the process ends.</summary>
    /// <returns>False when another open file holds it.</returns>
    /// <exception cref="PosixException">The file cannot be locked.</exception>
    /// <remarks>Advisory, one holder an open file (not a process). Source: flock(2).</remarks>
    public bool TryLock()
    {
        const int exclusiveWithoutWaiting = 2 | 4;
        while (Libc.Lock(_handle, exclusiveWithoutWaiting) != 0)
        {
            var error = Errno.Last();
            if (error == Errno.WouldBlock)
            {
                return false;
            }

            if (error != Errno.Interrupted)
            {
                throw new PosixException("flock", Path, error);
            }
        }

        return true;
    }

    /// <summary>The file's status.</summary>
    /// <exception cref="PosixException">It could not be read.</exception>
    public FileStatus Status()
    {
        Require(Libc.StatusAt(_handle, "", Libc.EmptyPath, Libc.BasicStatus, out var status), "statx");
        return FileStatus.From(status);
    }

    /// <summary>Closes the file, which also gives up its lock.</summary>
    public void Dispose() => _handle.Dispose();

    internal static PosixFile OpenAt(
        SafeFileHandle directory, string folder, string name, OpenOptions options, UnixFileMode mode)
    {
        var path = System.IO.Path.Combine(folder, name);
        var descriptor = Libc.OpenAt(directory, name, OpenFlags.From(options), (uint)mode);
        return Created(new PosixFile(Descriptor.Require(descriptor, "open", path), path), options, mode);
    }

    // The umask only takes bits away from a new file, so it never was more open than asked.
    private static PosixFile Created(PosixFile file, OpenOptions options, UnixFileMode mode)
    {
        if (!options.HasFlag(OpenOptions.Create | OpenOptions.Exclusive))
        {
            return file;
        }

        try
        {
            file.ChangeMode(mode);
            return file;
        }
        catch (PosixException)
        {
            file.Dispose();
            throw;
        }
    }

    private void Require(int outcome, string operation)
    {
        if (outcome != 0)
        {
            throw new PosixException(operation, Path, Errno.Last());
        }
    }
}
