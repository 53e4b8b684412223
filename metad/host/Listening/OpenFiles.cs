using System.Globalization;

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
    /// <param name="limits">The content of <c>/proc/self/limits</c>.</param>
    public static int ConnectionsMax(int wanted, ListenerRole role, string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line?["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        if (!int.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var most))
        {
            return wanted;
        }

        var room = Math.Max(0, most - Kept);
        var share = role.IsManage ? room / ManageShare : room - (room / ManageShare);
        return Math.Clamp(wanted, 1, Math.Max(1, share));
    }
}
