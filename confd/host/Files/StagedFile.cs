using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Posix;

namespace Sync.Confd.Files;

/// <summary>The next content of a destination, written and synced, on its way to the destination's place.</summary>
/// <remarks>Disposal removes what was not put in place.</remarks>
internal sealed class StagedFile : IDisposable
{
    private readonly PlanAction.Stage _stage;
    private readonly string _target;
    private readonly AtomicFile _file;
    private readonly string? _folderOfItsOwn;

    private StagedFile(PlanAction.Stage stage, string target, AtomicFile file, string? folderOfItsOwn)
    {
        _stage = stage;
        _target = target;
        _file = file;
        _folderOfItsOwn = folderOfItsOwn;
    }

    /// <summary>The staged file, complete and closed, for the check.</summary>
    public string Path => _file.StagedPath;

    /// <summary>Stages the content beside the destination; for a file that is written in place, in a folder of its own.</summary>
    /// <param name="stage">What to stage.</param>
    /// <exception cref="IOException">Nothing was staged.</exception>
    public static StagedFile Write(PlanAction.Stage stage)
    {
        var target = Destination.PathOf(stage.Resource);
        var folder = stage.Resource.WriteMode == WriteMode.InPlace
            ? Directory.CreateTempSubdirectory("confd-").FullName
            : null;
        if (folder is null)
        {
            Destination.MakeFolders(target);
        }

        var staged = folder is null ? target : System.IO.Path.Combine(folder, System.IO.Path.GetFileName(target));
        var file = AtomicFile.Stage(staged, stage.Content.Span, new AtomicFileOptions
        {
            Mode = (UnixFileMode)stage.Mode,
            User = (uint)stage.Owner.UserId,
            Group = (uint)stage.Owner.GroupId,
        });
        return new StagedFile(stage, target, file, folder);
    }

    /// <summary>Gives the staged file a second name that stays.</summary>
    /// <returns>That name.</returns>
    /// <exception cref="PosixException">It has none.</exception>
    public string Keep()
    {
        var name = System.IO.Path.GetFileName(Path);
        var kept = name[..^AtomicFile.StagedSuffix.Length];
        using var folder = PosixDirectory.Open(System.IO.Path.GetDirectoryName(Path) ?? "/");
        folder.Link(name, kept);
        return System.IO.Path.Combine(folder.Path, kept);
    }

    /// <summary>Puts the content in the destination's place.</summary>
    /// <returns>Whether it had to be written in place because the destination cannot be replaced.</returns>
    /// <exception cref="IOException">The destination is as it was.</exception>
    public bool Commit()
    {
        if (_stage.Resource.WriteMode != WriteMode.InPlace)
        {
            try
            {
                _file.Commit();
                return false;
            }
            catch (PosixException failure) when (_stage.Resource.WriteMode == WriteMode.Auto
                && (failure.Error == Errno.Busy || failure.Error == Errno.CrossDevice))
            {
                // The destination is a mount point: it can be written but not replaced.
            }
        }

        InPlaceFile.Write(_target, _stage);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        if (_folderOfItsOwn is not null)
        {
            Directory.Delete(_folderOfItsOwn, recursive: true);
        }
    }
}
