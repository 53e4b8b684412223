namespace Sync.Confd.Files;

/// <summary>Symbolic links.</summary>
internal static class Links
{
    /// <summary>What a path names in the end.</summary>
    /// <param name="path">Any path; nothing needs to be there.</param>
    /// <returns>The last target when the path is a link, whether or not it leads anywhere; else the path.</returns>
    /// <exception cref="IOException">The links go in circles.</exception>
    public static string Resolve(string path) => new FileInfo(path).LinkTarget is null
        ? path
        : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
}
