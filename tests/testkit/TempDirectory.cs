namespace Sync.TestKit;

/// <summary>A directory of its own for one test, mode 0700, removed with all it holds at the end.</summary>
public sealed class TempDirectory : IDisposable
{
    /// <summary>Creates the directory.</summary>
    public TempDirectory() => FullName = Directory.CreateTempSubdirectory("sync-test-").FullName;

    /// <summary>The directory's absolute path.</summary>
    public string FullName { get; }

    /// <summary>The path of something inside the directory; nothing is created.</summary>
    /// <param name="parts">Names, outermost first.</param>
    public string At(params string[] parts) => Path.Combine([FullName, .. parts]);

    /// <summary>Writes a text file, creating the folders above it.</summary>
    /// <param name="relativePath">A path inside the directory.</param>
    /// <param name="text">The content, written as UTF-8.</param>
    /// <returns>The file's absolute path.</returns>
    public string Write(string relativePath, string text)
    {
        var path = At(relativePath);
        if (Path.GetDirectoryName(path) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(FullName))
        {
            Directory.Delete(FullName, recursive: true);
        }
    }
}
