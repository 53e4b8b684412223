using System.Runtime.InteropServices;

namespace Sync.Posix;

/// <summary>How a file is opened. Every file is opened close-on-exec, so that no child inherits it.</summary>
[Flags]
public enum OpenOptions
{
    /// <summary>For reading.</summary>
    Read = 0,

    /// <summary>For reading and writing.</summary>
    ReadWrite = 1,

    /// <summary>Create the file when it is missing.</summary>
    Create = 2,

    /// <summary>With <see cref="Create"/>: fail with EEXIST when the name is taken, even by a dangling link.</summary>
    Exclusive = 4,

    /// <summary>Cut the file to length 0.</summary>
    Truncate = 8,

    /// <summary>Fail with ELOOP when the last part of the path is a symbolic link.</summary>
    NoFollow = 16,

    /// <summary>Fail with ENOTDIR when the path is no directory.</summary>
    Directory = 32,
}

/// <summary>Translates <see cref="OpenOptions"/> to the flags of open(2).</summary>
internal static class OpenFlags
{
    private const int CloseOnExec = 0x80000;

    // Two flags differ between the architectures that Linux runs on.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal static int From(OpenOptions options)
    {
        var flags = CloseOnExec;
        flags |= options.HasFlag(OpenOptions.ReadWrite) ? 0x2 : 0;
        flags |= options.HasFlag(OpenOptions.Create) ? 0x40 : 0;
        flags |= options.HasFlag(OpenOptions.Exclusive) ? 0x80 : 0;
        flags |= options.HasFlag(OpenOptions.Truncate) ? 0x200 : 0;
        flags |= options.HasFlag(OpenOptions.NoFollow) ? (IsArm ? 0x8000 : 0x20000) : 0;
        flags |= options.HasFlag(OpenOptions.Directory) ? (IsArm ? 0x4000 : 0x10000) : 0;
        return flags;
    }
}
