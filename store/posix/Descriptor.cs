using Microsoft.Win32.SafeHandles;

namespace Sync.Posix;

/// <summary>Turns the answer of an open call into an owned handle.</summary>
internal static class Descriptor
{
    /// <exception cref="PosixException">The call failed.</exception>
    internal static SafeFileHandle Require(nint descriptor, string operation, string path) =>
        descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new PosixException(operation, path, Errno.Last());
}
