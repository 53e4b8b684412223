using Sync.Posix;

namespace Sync.Disk;

/// <summary>An open file. All members may be called from any thread, each call for itself.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>The whole path, for messages.</summary>
    string Path { get; }

    /// <summary>The size in bytes.</summary>
    /// <exception cref="PosixException">It could not be read.</exception>
    long LengthBytes { get; }

    /// <summary>Writes bytes at an offset; the file grows when they end past its end.</summary>
    /// <exception cref="PosixException">Some bytes may be written and others not.</exception>
    void Write(ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Reads bytes from an offset until the span is full or the file ends.</summary>
    /// <returns>The number of bytes read.</returns>
    /// <exception cref="PosixException">They could not be read.</exception>
    int Read(Span<byte> bytes, long offset);

    /// <summary>Waits until the content and the size are on the device.</summary>
    /// <exception cref="PosixException">
    /// What was not synced before must be taken as lost. Never call again and believe it.
    /// </exception>
    void Sync();

    /// <summary>Reserves space for a size and grows the file to it, where the file system can.</summary>
    /// <exception cref="PosixException">The space is not there.</exception>
    void Allocate(long lengthBytes);

    /// <summary>Takes the file's only lock until the file is closed or the process ends.</summary>
    /// <returns>False when another open file has it.</returns>
    /// <exception cref="PosixException">The file cannot be locked.</exception>
    bool TryLock();
}
