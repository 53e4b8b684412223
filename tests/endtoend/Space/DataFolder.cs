namespace Sync.EndToEnd.Tests.Space;

/// <summary>How much a member's data takes on the disk, seen from outside.</summary>
/// <param name="path">The data directory.</param>
internal sealed class DataFolder(string path)
{
    /// <summary>The sizes of all files, in bytes.</summary>
    public long Bytes => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(SizeOf);

    // The store removes files while they are counted.
    private static long SizeOf(string file)
    {
        try
        {
            return new FileInfo(file).Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
