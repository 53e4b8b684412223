using Sync.Confd.Options;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Hosting;

/// <summary>Reads the resource files below <c>conf.d</c>.</summary>
internal static class ResourceFolder
{
    /// <summary>Reads every file whose name ends in <c>toml</c>, folder by folder, in the order of names.</summary>
    /// <returns>The resources; a file that cannot be read is a fault of its own and stops no other.</returns>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read a folder.</exception>
    public static ResourceSet Read(ConfdSettings settings)
    {
        if (!Directory.Exists(settings.ConfigFolder))
        {
            return Nothing(settings.ConfigFolder, "Cannot load template resources: confdir does not exist");
        }

        return Directory.Exists(settings.ResourceFolder)
            ? ResourceSet.Of(FilesBelow(settings.ResourceFolder).Select(Parse))
            : Nothing(settings.ResourceFolder, "Found no templates: the folder does not exist");
    }

    /// <summary>The resource files below a folder; links to files are followed, links to folders are not.</summary>
    public static IEnumerable<string> FilesBelow(string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var isLink = File.GetAttributes(entry).HasFlag(FileAttributes.ReparsePoint);
            if (Directory.Exists(entry))
            {
                foreach (var file in isLink ? [] : FilesBelow(entry))
                {
                    yield return file;
                }
            }
            else if (entry.EndsWith("toml", StringComparison.Ordinal))
            {
                yield return entry;
            }
        }
    }

    private static ResourceText Parse(string path)
    {
        try
        {
            return ResourceText.Parse(path, File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new ResourceText([], [Diagnostic.Error(path, 0, "", failure.Message)]);
        }
    }

    private static ResourceSet Nothing(string path, string message) =>
        new([], [Diagnostic.Warning(path, 0, "", message)]);
}
