using System.CommandLine;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;
using Sync.Store.Ctl.Requests;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>txn</c>.</summary>
internal static class TransactionCommand
{
    public static Command Create(CommandRunner runner)
    {
        var interactive = CommandRunner.Switch("--interactive", "Asks for each part.", "-i");
        return runner.Command("txn", "Carries out one of two lists of requests, as comparisons decide.",
            [interactive], async (session, parsed, words) =>
            {
                if (words.Length > 0)
                {
                    throw ControlFailure.Arguments("txn command does not accept argument");
                }

                var isInteractive = parsed.GetValue(interactive);
                var request = await new TransactionText().ReadAsync(
                    session.Terminal.Input,
                    prompt => isInteractive ? session.PrintLineAsync(prompt) : Task.CompletedTask);
                var answer = await session.Client.Kv.TxnAsync(request, cancellationToken: session.Cancellation);
                await session.PrintAsync(KeyPrintouts.Transaction(answer));
            });
    }
}
