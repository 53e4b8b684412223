namespace Sync.Metad.Listening;

/// <summary>How many files, connections among them, this process may have open.</summary>
internal static class OpenFiles
{
    // What the program needs beside connections: the runtime alone holds some 170, and a process without a free
    // descriptor cannot even load its own code.
    private const int Kept = 256;

    // One connection in so many may be the manage API's: operators are few, and callers many.
    private const int ManageShare = 8;

    /// <summary>The most connections of one API that leave room for the other one, and for everything else.</summary>
    /// <param name="wanted">As the operator set it.</param>
    /// <param name="role">The API.</param>
    /// <param name="openFilesMax">How many files this process may have open.</param>
    public static int ConnectionsMax(int wanted, ListenerRole role, long openFilesMax)
    {
        var room = Math.Max(0, openFilesMax - Kept);
        var share = role.IsManage ? room / ManageShare : room - (room / ManageShare);
        return (int)Math.Clamp(wanted, 1, Math.Max(1, share));
    }
}
