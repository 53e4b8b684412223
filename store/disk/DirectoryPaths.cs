using System.Globalization;
using Sync.Raft;

namespace Sync.Disk;

/// <summary>
/// The names below a data directory. Each life of a group has folders of its own, so that a new one can be made whole
/// beside the old one and counts when the identity's file is replaced.
/// </summary>
/// <param name="Log">The log's folder.</param>
/// <param name="Segments">The value segments' folder.</param>
/// <param name="Checkpoints">The checkpoints' folder.</param>
internal sealed record DirectoryPaths(string Log, string Segments, string Checkpoints)
{
    internal const string Home = "sync";
    internal const string Lock = $"{Home}/lock";

    /// <summary>What the log's folders, and the lock of the folder that they lie in, begin with.</summary>
    internal const string LogPrefix = $"{Home}/wal";

    /// <summary>Locks the folder that the log lies in, where that is not <see cref="Home"/>.</summary>
    internal const string LogLock = $"{LogPrefix}-lock";

    internal const string Identity = $"{Home}/identity";
    internal const string UnfinishedIdentity = $"{Home}/identity.tmp";

    private static readonly string[] Kinds = ["wal", "segments", "checkpoints"];

    /// <summary>The three folders.</summary>
    internal IEnumerable<string> Folders => [Log, Segments, Checkpoints];

    /// <summary>The folders of a life: <c>wal</c> in the first one, <c>wal.INCARNATION</c> in others.</summary>
    internal static DirectoryPaths Of(Incarnation incarnation)
    {
        var suffix = incarnation == Incarnation.First ? "" : $".{incarnation}";
        return new DirectoryPaths(
            $"{Home}/{Kinds[0]}{suffix}", $"{Home}/{Kinds[1]}{suffix}", $"{Home}/{Kinds[2]}{suffix}");
    }

    /// <summary>Whether a name in <see cref="Home"/> is that of the log's folder in some life.</summary>
    internal static bool IsLog(string name) => IsOf(Kinds[0], name);

    /// <summary>The folders of other lives that are there.</summary>
    internal IEnumerable<string> OthersOn(IDisk disk) =>
        from name in disk.List(Home)
        where Kinds.Any(kind => IsOf(kind, name))
        let folder = $"{Home}/{name}"
        where !Folders.Contains(folder)
        select folder;

    // What an operator has put there by a name of his own is not touched.
    private static bool IsOf(string kind, string name) =>
        name == kind
        || (name.StartsWith($"{kind}.", StringComparison.Ordinal) && ulong.TryParse(name.AsSpan(kind.Length + 1), NumberStyles.None,
            CultureInfo.InvariantCulture, out _));
}
