using Sync.Confd.Plan.Actions;
using Sync.Posix;

namespace Sync.Confd.Files;

/// <summary>Writes a destination that keeps its inode, such as the target of a bind mount.</summary>
/// <remarks>
/// A reader may see half of the new content, and a crash may leave it so; that is the price of the place, and the
/// next turn repairs it. A write that fails is undone.
/// </remarks>
internal static class InPlaceFile
{
    private const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes, cuts to length, syncs, then sets mode and owner.</summary>
    /// <exception cref="PosixException">The former bytes are there again, as far as the system lets them.</exception>
    public static void Write(string path, PlanAction.Stage stage)
    {
        using var file = PosixFile.Open(
            path, OpenOptions.ReadWrite | OpenOptions.Create | OpenOptions.NoFollow, Closed);
        var former = ReadAll(file);
        try
        {
            Fill(file, stage.Content.Span);
        }
        catch (PosixException)
        {
            Fill(file, former);
            throw;
        }

        // The mode comes last: changing the owner may take bits away.
        file.ChangeOwner((uint)stage.Owner.UserId, (uint)stage.Owner.GroupId);
        file.ChangeMode((UnixFileMode)stage.Mode);
    }

    private static byte[] ReadAll(PosixFile file)
    {
        var bytes = new byte[file.Status().SizeBytes];
        return bytes[..file.Read(bytes, 0)];
    }

    private static void Fill(PosixFile file, ReadOnlySpan<byte> content)
    {
        file.Write(content, 0);
        file.Truncate(content.Length);
        file.Sync();
    }
}
