using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Posix;

namespace Sync.Confd.Files;

/// <summary>Looks at what stands at a destination.</summary>
internal static class Destination
{
    private const UnixFileMode FolderMode = (UnixFileMode)0b111_101_101;
    private const int PermissionBits = 0b111_111_111;

    /// <summary>The path that is written: the destination, or what it links to when the resource follows links.</summary>
    /// <exception cref="IOException">The link goes in circles.</exception>
    public static string PathOf(Resource resource)
    {
        var path = Path.GetFullPath(resource.Destination);
        return resource.FollowsLink ? Links.Resolve(path) : path;
    }

    /// <summary>Looks, without changing anything.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>A link is looked through; one that leads nowhere is nothing.</returns>
    public static DestinationSeen Look(Resource resource)
    {
        try
        {
            var path = Links.Resolve(PathOf(resource));
            return FileStatus.Of(path) switch
            {
                null or { Kind: FileKind.SymbolicLink } => LookAtFolder(resource),
                { Kind: FileKind.Directory } => new DestinationSeen.Unusable(
                    $"{resource.Destination} is a directory; name a file in dest"),
                { Kind: FileKind.Other } => new DestinationSeen.Unusable(
                    $"{resource.Destination} is a device, a socket or a pipe; name a regular file in dest"),
                { Kind: FileKind.Regular } file => new DestinationSeen.RegularFile(
                    File.ReadAllBytes(path), (int)file.Mode & PermissionBits, (int)file.User, (int)file.Group),
            };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new DestinationSeen.Unusable($"cannot look at {resource.Destination}: {failure.Message}");
        }
    }

    /// <summary>Makes the folders above a path that are missing.</summary>
    /// <exception cref="PosixException">One could not be made.</exception>
    public static void MakeFolders(string path)
    {
        var missing = new Stack<string>();
        for (var folder = Path.GetDirectoryName(path); folder is not null && !Directory.Exists(folder);)
        {
            missing.Push(folder);
            folder = Path.GetDirectoryName(folder);
        }

        foreach (var folder in missing)
        {
            PosixDirectory.Make(folder, FolderMode);
        }
    }

    private static DestinationSeen LookAtFolder(Resource resource)
    {
        var folder = Path.GetDirectoryName(PathOf(resource)) ?? "/";
        return Directory.Exists(folder) || resource.CreatesFolders
            ? new DestinationSeen.Absent()
            : new DestinationSeen.Unusable($"{folder} does not exist; create it, or set create_dest_dirs = true");
    }
}
