using System.CommandLine;
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
        var logDirectory = CommandRunner.Text("--wal-dir", "", "The log's folder to make. Default: with the data.");
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
            [name, dataDirectory, logDirectory, cluster, token, urls, skipHash, bump, compacted],
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

                var folders = new RestoredFolders(
                    parsed.GetRequiredValue(dataDirectory) is { Length: > 0 } given ? given : $"{members.Name}.etcd",
                    parsed.GetRequiredValue(logDirectory) is { Length: > 0 } log ? log : null);
                var manifest = Guarded(() =>
                {
                    using var file = Open(path);
                    return folders.Fill(plan, path, file.Read);
                });
                await session.WarnAsync(
                    $"Made member {plan.Member} of cluster {plan.ClusterId:x} in {folders.Data}, at revision "
                    + $"{manifest.State.Keyspace.Revision.Value + plan.RevisionBump}. Start it with: store --name "
                    + $"{members.Name} {folders.Flags}, and the same --initial-cluster flags.");
            });
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
