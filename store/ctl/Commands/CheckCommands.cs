using System.CommandLine;
using System.Globalization;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;
using Sync.Store.Ctl.Checks;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>check perf</c> and <c>check datascale</c>.</summary>
internal static class CheckCommands
{
    private const double BytesPerMegabyte = 1024 * 1024;

    public static Command Create(CommandRunner runner) =>
        CommandRunner.Group("check", "Checks of the store.", Performance(runner), DataScale(runner));

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

    private static Command DataScale(CommandRunner runner)
    {
        var load = CommandRunner.Text("--load", "s", "How much: s(mall), m(edium), l(arge) or xl(arge).");
        var prefix = CommandRunner.Text(
            "--prefix", "/etcdctl-check-datascale/",
            "The keys to write; there must be none, and they are deleted afterwards.");
        var compacts = CommandRunner.Switch("--auto-compact", "Compacts the history afterwards.");
        var defragments = CommandRunner.Switch("--auto-defrag", "Frees the space afterwards.");
        return runner.Command(
            "datascale", "Writes many keys, and tells how much memory the first endpoint took for them.",
            [load, prefix, compacts, defragments], async (session, parsed, _) =>
            {
                var name = parsed.GetValue(load) ?? "";
                var profile = DataScaleProfile.Find(name)
                    ?? throw new ControlFailure(ExitCode.BadFeature, $"unknown load option {name}");
                var keys = KeyRange.Prefix(parsed.GetValue(prefix) ?? "");
                await RequireNoneAsync(session, keys, parsed.GetValue(prefix));
                if (await ResidentBytesAsync(session) is not { } before)
                {
                    await session.PrintLineAsync(
                        "FAIL: Could not read process_resident_memory_bytes before the put operations.");
                    return ExitCode.Error;
                }

                await session.PrintLineAsync($"Start data scale check for work load [{profile.Pairs} key-value pairs, "
                    + $"{2 * DataScaleProfile.HalfBytes} bytes per key-value, {profile.Clients} concurrent clients].");
                var errors = await new DataScaleRun(profile, parsed.GetValue(prefix) ?? "", ControlSession.Describe)
                    .RunAsync(session.NewClient, session.Cancellation);
                var after = await ResidentBytesAsync(session);
                await CleanUpAsync(session, keys, parsed.GetValue(compacts), parsed.GetValue(defragments));
                return await TellMemoryAsync(session, errors, after - before);
            });
    }

    private static async Task<ExitCode> TellMemoryAsync(
        ControlSession session, IReadOnlyDictionary<string, int> errors, double? bytes)
    {
        if (errors.Count > 0)
        {
            await session.PrintLineAsync("FAIL: too many errors");
            foreach (var (error, count) in errors)
            {
                await session.PrintLineAsync($"FAIL: ERROR({error}) -> {count}");
            }

            return ExitCode.Error;
        }

        await session.PrintLineAsync(bytes is null
            ? "FAIL: Could not read process_resident_memory_bytes after the put operations."
            : string.Create(
                CultureInfo.InvariantCulture, $"PASS: Approximate system memory used : {bytes / BytesPerMegabyte:F2} MB."));
        return bytes is null ? ExitCode.Error : ExitCode.Done;
    }

    private static async Task<double?> ResidentBytesAsync(ControlSession session)
    {
        using var client = session.ClientOf(session.Settings.Endpoints[0]);
        try
        {
            return DataScaleRun.ResidentBytes(await client.GetPageAsync("/metrics", session.Cancellation));
        }
        catch (Exception error) when (
            error is HttpRequestException or OperationCanceledException && !session.Cancellation.IsCancellationRequested)
        {
            await session.WarnAsync($"fetch error: {error.Message}");
            return null;
        }
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
