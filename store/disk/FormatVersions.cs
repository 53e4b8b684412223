namespace Sync.Disk;

/// <summary>Checks the format version that a file states.</summary>
internal static class FormatVersions
{
    /// <exception cref="DataDirectoryException">The file has another version than this release reads.</exception>
    internal static void Require(string path, uint found, uint known)
    {
        if (found != known)
        {
            throw new DataDirectoryException(
                path,
                found > known
                    ? $"it has format {found} and this release reads format {known}; start the release that wrote it"
                    : $"it has format {found}, which was never released");
        }
    }
}
