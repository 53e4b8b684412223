using System.CommandLine;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;
using Sync.Store.Ctl.Requests;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>put</c>, <c>get</c>, <c>del</c> and <c>compaction</c>.</summary>
internal static class KeyCommands
{
    public static IEnumerable<Command> Create(CommandRunner runner) =>
        [Put(runner), Get(runner), Delete(runner), Compaction(runner)];

    private static Command Put(CommandRunner runner)
    {
        var syntax = new PutSyntax();
        return runner.Command("put key [value]", "Sets a key; a value that is not given is read from standard input.",
            syntax.Options, async (session, parsed, words) =>
            {
                var request = syntax.Read(parsed, words, session.Terminal.Input);
                var answer = await session.Client.Kv.PutAsync(request, cancellationToken: session.Cancellation);
                await session.PrintAsync(KeyPrintouts.Put(answer));
            });
    }

    private static Command Get(CommandRunner runner)
    {
        var syntax = new GetSyntax();
        var valuesOnly = CommandRunner.Switch("--print-value-only", "Only the values, in simple output.");
        return runner.Command("get key [range_end]", "Reads a key or a range of keys.",
            [.. syntax.Options, valuesOnly], async (session, parsed, words) =>
            {
                var request = syntax.Read(parsed, words);
                var isValuesOnly = parsed.GetValue(valuesOnly);
                RequireFormat(session, isValuesOnly, OutputFormat.Simple, "print-value-only");
                RequireFormat(session, syntax.IsCountOnly(parsed), OutputFormat.Fields, "count-only");
                var answer = await session.Client.Kv.RangeAsync(request, cancellationToken: session.Cancellation);
                await session.PrintAsync(KeyPrintouts.Get(answer, isValuesOnly));
            });
    }

    private static Command Delete(CommandRunner runner)
    {
        var syntax = new DeleteSyntax();
        return runner.Command("del key [range_end]", "Removes a key or a range of keys.",
            syntax.Options, async (session, parsed, words) =>
            {
                var request = syntax.Read(parsed, words);
                var answer = await session.Client.Kv.DeleteRangeAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(KeyPrintouts.Delete(answer));
            });
    }

    private static Command Compaction(CommandRunner runner)
    {
        var physical = CommandRunner.Switch("--physical", "Waits until the storage is freed.");
        return runner.Command("compaction revision", "Drops the history below a revision.",
            [physical], async (session, parsed, words) =>
            {
                var revision = Revision(words);
                var request = new CompactionRequest { Revision = revision, Physical = parsed.GetValue(physical) };
                await session.Client.Kv.CompactAsync(request, cancellationToken: session.Cancellation);
                await session.PrintLineAsync($"compacted revision {revision}");
            });
    }

    private static long Revision(string[] words)
    {
        try
        {
            return words is [var text]
                ? GoNumber.Decimal(text)
                : throw ControlFailure.Arguments("compaction command needs 1 argument");
        }
        catch (FormatException error)
        {
            throw new ControlFailure(ExitCode.Error, error.Message);
        }
    }

    private static void RequireFormat(ControlSession session, bool isGiven, OutputFormat format, string option)
    {
        if (isGiven && session.Settings.Format != format)
        {
            var name = format.ToString().ToLowerInvariant();
            throw ControlFailure.Arguments($"{option} is only for `--write-out={name}`");
        }
    }
}
