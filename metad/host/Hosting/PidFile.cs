using System.Globalization;
using System.Text;
using Sync.Posix;

namespace Sync.Metad.Hosting;

/// <summary>A file that holds the process id while the program runs.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string? _path;

    private PidFile(string? path) => _path = path;

    /// <summary>Writes the file, with mode 0644.</summary>
    /// <param name="path">Where; null writes none.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static PidFile Write(string? path)
    {
        if (path is not null)
        {
            // Others may read the number and nobody else may change it, whatever the mask says.
            AtomicFile.Replace(
                path, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), new());
        }

        return new(path);
    }

    /// <summary>Removes the file.</summary>
    public void Dispose()
    {
        if (_path is not null)
        {
            File.Delete(_path);
        }
    }
}
