using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sync.Posix;

/// <summary>The calls of the C library, exactly as it declares them for 64-bit Linux.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    /// <summary>open(2), never interrupted for regular files.</summary>
    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, uint mode);

    /// <summary>openat(2).</summary>
    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenAt(SafeFileHandle directory, string path, int flags, uint mode);

    /// <summary>syscall(2), used for openat2(2), which the C library does not wrap.</summary>
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint OpenAt2(nint number, SafeFileHandle directory, string path, in OpenHow how, nint size);

    /// <summary>pwrite(2).</summary>
    [LibraryImport(Library, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint PositionedWrite(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint count, long offset);

    /// <summary>pread(2).</summary>
    [LibraryImport(Library, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint PositionedRead(SafeFileHandle file, Span<byte> bytes, nint count, long offset);

    /// <summary>fsync(2).</summary>
    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(SafeFileHandle file);

    /// <summary>fdatasync(2).</summary>
    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    internal static partial int SyncData(SafeFileHandle file);

    /// <summary>fallocate(2).</summary>
    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    internal static partial int Allocate(SafeFileHandle file, int mode, long offset, long length);

    /// <summary>ftruncate(2).</summary>
    [LibraryImport(Library, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(SafeFileHandle file, long length);

    /// <summary>fchmod(2).</summary>
    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    internal static partial int ChangeMode(SafeFileHandle file, uint mode);

    /// <summary>fchown(2); an id of all ones leaves that half alone.</summary>
    [LibraryImport(Library, EntryPoint = "fchown", SetLastError = true)]
    internal static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    /// <summary>flock(2).</summary>
    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    internal static partial int Lock(SafeFileHandle file, int operation);

    /// <summary>renameat(2).</summary>
    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RenameAt(
        SafeFileHandle sourceDirectory, string source, SafeFileHandle targetDirectory, string target);

    /// <summary>rename(2).</summary>
    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string source, string target);

    /// <summary>linkat(2).</summary>
    [LibraryImport(Library, EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int LinkAt(
        SafeFileHandle sourceDirectory, string source, SafeFileHandle targetDirectory, string target, int flags);

    /// <summary>unlinkat(2).</summary>
    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    /// <summary>unlink(2).</summary>
    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    /// <summary>mkdir(2).</summary>
    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectory(string path, uint mode);

    /// <summary>statx(2), whose structure is the same on every architecture.</summary>
    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Status(int directory, string path, int flags, uint mask, out Statx status);

    /// <summary>statx(2) of an open file: an empty path with <see cref="EmptyPath"/>.</summary>
    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatusAt(
        SafeFileHandle directory, string path, int flags, uint mask, out Statx status);

    /// <summary>fstatvfs(3).</summary>
    [LibraryImport(Library, EntryPoint = "fstatvfs", SetLastError = true)]
    internal static partial int FileSystemStatus(SafeFileHandle file, out StatVfs status);

    /// <summary>kill(2).</summary>
    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    /// <summary>getrlimit(2).</summary>
    [LibraryImport(Library, EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int ResourceLimit(int resource, out ResourceLimits limits);

    /// <summary>geteuid(2).</summary>
    [LibraryImport(Library, EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    /// <summary>The number of openat2(2), the same on every architecture since it came after their merge.</summary>
    internal const int OpenAt2Number = 437;

    /// <summary>AT_FDCWD.</summary>
    internal const int CurrentDirectory = -100;

    /// <summary>AT_SYMLINK_NOFOLLOW.</summary>
    internal const int NoFollowAt = 0x100;

    /// <summary>AT_EMPTY_PATH.</summary>
    internal const int EmptyPath = 0x1000;

    /// <summary>STATX_BASIC_STATS.</summary>
    internal const uint BasicStatus = 0x7ff;

    /// <summary>RLIMIT_NOFILE, the same on x86 and ARM.</summary>
    internal const int OpenFiles = 7;

    /// <summary>The structure of getrlimit(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimits
    {
        /// <summary>What holds now.</summary>
        internal ulong Soft;

        /// <summary>Up to where the process may raise it.</summary>
        internal ulong Hard;
    }

    /// <summary>The structure of openat2(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        /// <summary>Flags as for open(2).</summary>
        internal ulong Flags;

        /// <summary>Mode of a file that is created, else 0.</summary>
        internal ulong Mode;

        /// <summary>How the path may be resolved.</summary>
        internal ulong Resolve;
    }

    /// <summary>The fields of statvfs(3) that are used; 112 bytes in all.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 112)]
    internal struct StatVfs
    {
        /// <summary>The unit of the counts of blocks, in bytes.</summary>
        [FieldOffset(8)]
        internal ulong FragmentSize;

        /// <summary>Blocks that are free for those who are not root.</summary>
        [FieldOffset(32)]
        internal ulong AvailableBlocks;
    }

    /// <summary>The fields of statx(2) that are used; 256 bytes in all.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        /// <summary>Number of hard links.</summary>
        [FieldOffset(16)]
        internal uint Links;

        /// <summary>Owning user.</summary>
        [FieldOffset(20)]
        internal uint User;

        /// <summary>Owning group.</summary>
        [FieldOffset(24)]
        internal uint Group;

        /// <summary>File type and permission bits.</summary>
        [FieldOffset(28)]
        internal ushort Mode;

        /// <summary>Inode number.</summary>
        [FieldOffset(32)]
        internal ulong Inode;

        /// <summary>Size in bytes.</summary>
        [FieldOffset(40)]
        internal ulong Size;

        /// <summary>Major number of the device that holds the file.</summary>
        [FieldOffset(136)]
        internal uint DeviceMajor;

        /// <summary>Minor number of the device that holds the file.</summary>
        [FieldOffset(140)]
        internal uint DeviceMinor;
    }
}
