using Sync.Posix;

namespace Sync.Metad.Auditing;

/// <summary>A file that lines are appended to; when it is full it is put aside, and the oldest of those goes.</summary>
/// <remarks>The files are <c>audit.log</c>, <c>audit.log.1</c> and so on, readable by their owner alone.</remarks>
internal sealed class AuditFile : IDisposable
{
    private const int KeptMax = 4;

    private readonly string _path;
    private readonly long _bytesMax;
    private FileStream _file;

    /// <summary>Opens the file, or creates it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bytesMax">The size at which it is put aside.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public AuditFile(string path, long bytesMax)
    {
        _path = Path.GetFullPath(path);
        _bytesMax = bytesMax;
        _file = Open();
    }

    /// <summary>Appends a line.</summary>
    /// <param name="line">The line with its line feed.</param>
    /// <exception cref="IOException">It could not be written whole.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (_file.Length > 0 && _file.Length + line.Length > _bytesMax)
        {
            PutAside();
        }

        _file.Write(line);
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private FileStream Open()
    {
        PosixFile.Open(_path, OpenOptions.ReadWrite | OpenOptions.Create, UnixFileMode.UserRead | UnixFileMode.UserWrite).Dispose();
        return new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    private void PutAside()
    {
        using var folder = PosixDirectory.Open(Path.GetDirectoryName(_path) ?? "/");
        var name = Path.GetFileName(_path);
        for (var number = KeptMax; number > 1; number--)
        {
            if (folder.StatusOf($"{name}.{number - 1}") is not null)
            {
                folder.Rename($"{name}.{number - 1}", $"{name}.{number}");
            }
        }

        folder.Rename(name, $"{name}.1");
        _file.Dispose();
        _file = Open();
    }
}
