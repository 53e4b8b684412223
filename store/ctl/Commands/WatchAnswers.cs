using System.Globalization;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary>Shows the answers of a watch.</summary>
internal static class WatchAnswers
{
    /// <summary>Prints an answer and runs the program for each of its events.</summary>
    /// <exception cref="ControlFailure">The server ended the watch.</exception>
    public static async Task ShowAsync(ControlSession session, WatchResponse answer, IReadOnlyList<string> program)
    {
        if (answer.Canceled)
        {
            await ShowEndAsync(session, answer);
        }

        if (answer.Created)
        {
            return;
        }

        if (answer.Events.Count == 0)
        {
            await session.PrintLineAsync($"progress notify: {answer.Header.Revision}");
        }

        await session.PrintAsync(KeyPrintouts.Watch(answer));
        if (program.Count > 0)
        {
            foreach (var happened in answer.Events)
            {
                await RunAsync(session, answer.Header.Revision, happened, program);
            }
        }
    }

    private static async Task ShowEndAsync(ControlSession session, WatchResponse answer)
    {
        var reason = answer.CompactRevision > 0
            ? "etcdserver: mvcc: required revision has been compacted"
            : answer.CancelReason;
        await session.WarnAsync($"watch was canceled ({reason})");
        await session.PrintAsync(KeyPrintouts.Watch(answer));
        throw new ControlFailure(ExitCode.Interrupted, "watch is canceled by the server");
    }

    private static async Task RunAsync(
        ControlSession session, long revision, Event happened, IReadOnlyList<string> program)
    {
        var variables = new Dictionary<string, string?>
        {
            ["ETCD_WATCH_REVISION"] = revision.ToString(CultureInfo.InvariantCulture),
            ["ETCD_WATCH_EVENT_TYPE"] = GoText.Quote(KeyPrintouts.TypeOf(happened)),
            ["ETCD_WATCH_KEY"] = GoText.Quote(happened.Kv.Key),
            ["ETCD_WATCH_VALUE"] = GoText.Quote(happened.Kv.Value),
        };
        var exitCode = await ChildProgram.RunAsync(session, program, variables, session.Cancellation);
        if (exitCode != 0)
        {
            throw new ControlFailure(
                ExitCode.Error, $"command {program[0]} ended with exit code {exitCode}");
        }
    }
}
