using System.CommandLine;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Store.Ctl.Checks;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>check perf</c>.</summary>
internal static class CheckCommands
{
    public static Command Create(CommandRunner runner) =>
        CommandRunner.Group("check", "Checks of the store.", Performance(runner));

    private static Command Performance(CommandRunner runner)
    {
        var load = CommandRunner.Text("--load", "s", "How hard: s(mall), m(edium), l(arge) or xl(arge).");
        var prefix = CommandRunner.Text(
            "--prefix", "/etcdctl-check-perf/", "The keys to write; there must be none, and they are deleted afterwards.");
        var compacts = CommandRunner.Switch("--auto-compact", "Compacts the history afterwards.");
        var defragments = CommandRunner.Switch("--auto-defrag", "Frees the space afterwards.");
        return runner.Command("perf", "Writes for a minute, and judges how fast and even the store answers.",
            [load, prefix, compacts, defragments], async (session, parsed, _) =>
            {
                var name = parsed.GetValue(load) ?? "";
                var profile = LoadProfile.Find(name)
                    ?? throw new ControlFailure(ExitCode.BadFeature, $"unknown load option {name}");
                var keys = KeyRange.Prefix(parsed.GetValue(prefix) ?? "");
                await RequireNoneAsync(session, keys, parsed.GetValue(prefix));
                var verdict = await new LoadRun(profile, parsed.GetValue(prefix) ?? "", ControlSession.Describe)
                    .RunAsync(session.NewClient, session.Cancellation);
                await CleanUpAsync(session, keys, parsed.GetValue(compacts), parsed.GetValue(defragments));
                foreach (var line in verdict.Lines)
                {
                    await session.PrintLineAsync(line);
                }

                return verdict.Passes ? ExitCode.Done : ExitCode.Error;
            });
    }

    private static async Task RequireNoneAsync(ControlSession session, KeyRange keys, string? prefix)
    {
        var found = await session.Client.ListAsync([keys], cancellation: session.Cancellation);
        if (!found.Pairs.IsEmpty)
        {
            throw new ControlFailure(
                ExitCode.BadInput, $"prefix \"{prefix}\" has keys. Delete with etcdctl del --prefix {prefix} first.");
        }
    }

    private static async Task CleanUpAsync(ControlSession session, KeyRange keys, bool compacts, bool defragments)
    {
        var deleted = await session.Client.DeleteAsync(keys, session.Cancellation);
        if (compacts)
        {
            await session.Client.CompactAsync(deleted.Revision, session.Cancellation);
        }

        foreach (var endpoint in defragments ? session.Settings.Endpoints : [])
        {
            using var client = session.ClientOf(endpoint);
            await client.Maintenance.DefragmentAsync(new DefragmentRequest(), cancellationToken: session.Cancellation);
        }
    }
}
