using System.CommandLine;
using Sync.Disk;
using Sync.Disk.Snapshots;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;
using Sync.Store.Ctl.Requests;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>snapshot status</c> and <c>snapshot restore</c>: they work on files alone and ask no store.</summary>
internal static class SnapshotFileCommands
{
    /// <summary><c>snapshot status</c>.</summary>
    public static Command Status(CommandRunner runner) =>
        runner.Command("status file", "Checks a saved copy and tells what it holds.", [], async (session, _, words) =>
        {
            var path = PathOf(words, "snapshot status requires exactly one argument");
            var summary = Guarded(() =>
            {
                using var file = Open(path);
                return SnapshotSummary.Of(path, file);
            });
            await session.PrintAsync(SnapshotPrintouts.Status(summary));
        });

    /// <summary><c>snapshot restore</c>.</summary>
    public static Command Restore(CommandRunner runner)
    {
        var name = CommandRunner.Text("--name", "default", "The member's name.");
        var dataDirectory = CommandRunner.Text("--data-dir", "", "The folder to make. Default: <name>.etcd.");
        var cluster = CommandRunner.Text(
            "--initial-cluster", "default=http://localhost:2380", "All members of the new cluster: name=url,...");
        var token = CommandRunner.Text(
            "--initial-cluster-token", "etcd-cluster", "Keeps the new cluster apart from others of equal members.");
        var urls = CommandRunner.Text(
            "--initial-advertise-peer-urls", "http://localhost:2380", "The member's peer URLs.");
        var skipHash = CommandRunner.Switch("--skip-hash-check", "Accepts a copy whose digest is missing or wrong.");
        var bump = CommandRunner.Number("--bump-revision", "By how much to raise the revision.");
        var compacted = CommandRunner.Switch(
            "--mark-compacted", "The raised revision counts as compacted; goes with --bump-revision.");
        return runner.Command(
            "restore file", "Makes the data directory of a new cluster's member from a saved copy.",
            [name, dataDirectory, cluster, token, urls, skipHash, bump, compacted],
            async (session, parsed, words) =>
            {
                var path = PathOf(words, "snapshot restore requires exactly one argument");
                var members = RestoredCluster.Parse(
                    parsed.GetRequiredValue(name),
                    parsed.GetRequiredValue(cluster),
                    parsed.GetRequiredValue(token),
                    parsed.GetRequiredValue(urls));
                var plan = members.ToRestore() with
                {
                    SkipsDigest = parsed.GetValue(skipHash),
                    RevisionBump = parsed.GetValue(bump),
                    MarksCompacted = parsed.GetValue(compacted),
                };
                if (plan.RevisionBump < 0 || plan.RevisionBump > 0 != plan.MarksCompacted)
                {
                    throw new ControlFailure(
                        ExitCode.Error, "--mark-compacted required if --bump-revision > 0, and goes with it alone");
                }

                var folder = parsed.GetRequiredValue(dataDirectory) is { Length: > 0 } given ? given : $"{members.Name}.etcd";
                var manifest = Guarded(() => Restore(path, folder, plan));
                await session.WarnAsync(
                    $"Made member {plan.Member} of cluster {plan.ClusterId:x} in {folder}, at revision "
                    + $"{manifest.State.Keyspace.Revision.Value + plan.RevisionBump}. Start it with: store --name "
                    + $"{members.Name} --data-dir {folder}, and the same --initial-cluster flags.");
            });
    }

    private static SnapshotManifest Restore(string path, string folder, SnapshotRestore plan)
    {
        using var file = Open(path);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            throw new ControlFailure(ExitCode.Error, $"data-dir \"{folder}\" not empty or could not be read");
        }

        var isNew = !Directory.Exists(folder);
        try
        {
            return DataDirectory.Restore(PosixDisk.Prepare(folder), plan, path, file.Read, new DirectorySettings());
        }
        catch (SnapshotException)
        {
            // Nothing but an empty skeleton is there; without it, the command can be repeated.
            Directory.Delete(isNew ? folder : Path.Combine(folder, "sync"), recursive: true);
            throw;
        }
    }

    private static string PathOf(string[] words, string complaint) =>
        words is [var only] ? only : throw ControlFailure.Arguments(complaint);

    private static FileStream Open(string path) => File.Exists(path)
        ? File.OpenRead(path)
        : throw new ControlFailure(ExitCode.Error, $"stat {path}: no such file or directory");

    // What is wrong with a file or a folder is told in one sentence.
    private static T Guarded<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ControlFailure(ExitCode.Error, error.Message);
        }
    }
}
