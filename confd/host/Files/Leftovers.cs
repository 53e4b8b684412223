using System.Text.RegularExpressions;
using Sync.Confd.Plan.Resources;
using Sync.Posix;

namespace Sync.Confd.Files;

/// <summary>Removes staged files that a confd which was killed has left beside destinations.</summary>
internal static partial class Leftovers
{
    private static readonly TimeSpan AgeMin = TimeSpan.FromHours(1);

    /// <summary>Removes those of this user that are older than an hour.</summary>
    /// <param name="resources">Whose destinations to look beside.</param>
    /// <param name="now">The time.</param>
    /// <returns>The paths removed.</returns>
    public static IReadOnlyList<string> Remove(IEnumerable<Resource> resources, DateTimeOffset now)
    {
        var removed = new List<string>();
        foreach (var group in resources.GroupBy(FolderOf).Where(group => Directory.Exists(group.Key)))
        {
            var names = group.Select(resource => Path.GetFileName(resource.Destination)).ToHashSet();
            try
            {
                removed.AddRange(Directory.EnumerateFiles(group.Key, $".*{AtomicFile.StagedSuffix}")
                    .Where(path => IsLeftover(path, names, now))
                    .ToList()
                    .Where(TryRemove));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // What cannot be listed cannot be cleaned; the resource's own turn reports the folder.
            }
        }

        return removed;
    }

    private static string FolderOf(Resource resource) =>
        Path.GetDirectoryName(Path.GetFullPath(resource.Destination)) ?? "/";

    private static bool IsLeftover(string path, HashSet<string> names, DateTimeOffset now)
    {
        var match = StagedName().Match(Path.GetFileName(path));
        return match.Success && names.Contains(match.Groups["name"].Value)
            && FileStatus.Of(path) is { Kind: FileKind.Regular } status && status.User == PosixUser.EffectiveId
            && File.GetLastWriteTimeUtc(path) < now - AgeMin;
    }

    private static bool TryRemove(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\.(?<name>.+)\.[0-9a-f]{8}\.staged$", RegexOptions.ExplicitCapture)]
    private static partial Regex StagedName();
}
