namespace Sync.EndToEnd.Tests.Space;

/// <summary>How much a member's data takes on the disk, seen from outside.</summary>
/// <param name="path">The data directory.</param>
internal sealed class DataFolder(string path)
{
    /// <summary>The sizes of all files, in bytes.</summary>
    public long Bytes => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(SizeOf);

    /// <summary>The sizes of the files that hold the values, in bytes.</summary>
    public long ValueBytes =>
        Directory.EnumerateFiles(path, "*.values", SearchOption.AllDirectories).Sum(SizeOf);

    /// <summary>How many bytes of removed files a process still holds open, so that their space is not free.</summary>
    /// <param name="process">The process.</param>
    public long BytesHeldBy(int process) => Directory.EnumerateFiles($"/proc/{process}/fd")
        .Where(descriptor => TargetOf(descriptor) is { } target
            && target.StartsWith(path, StringComparison.Ordinal) && target.EndsWith(" (deleted)", StringComparison.Ordinal))
        .Sum(SizeBehind);

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

    private static long SizeBehind(string descriptor)
    {
        try
        {
            using var handle = File.OpenHandle(
                descriptor, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return RandomAccess.GetLength(handle);
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
