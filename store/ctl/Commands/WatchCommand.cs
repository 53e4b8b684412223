using System.CommandLine;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Requests;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>watch</c>: one watch from the command line, or many that are typed in.</summary>
internal static class WatchCommand
{
    public static Command Create(CommandRunner runner)
    {
        var syntax = new WatchSyntax();
        var interactive = CommandRunner.Switch("--interactive", "Reads watches, one a line.", "-i");
        return runner.Command("watch [key [range_end]] [-- program]", "Prints changes as they happen, and may run a program at each.",
            [.. syntax.Options, interactive], async (session, parsed, words) =>
            {
                if (parsed.GetValue(interactive))
                {
                    await TypedWatches.RunAsync(session);
                }
                else
                {
                    await FollowAsync(session, syntax.Read(parsed, words, session.Terminal.Variables));
                }
            });
    }

    // A watch outlives its server: it goes on at the revision after the last that was printed.
    private static async Task FollowAsync(ControlSession session, WatchWish wish)
    {
        var next = wish.Create.Clone();
        while (true)
        {
            await session.Client.SignInAsync(session.Cancellation);
            using var stream = session.Client.Watch.Watch(
                new Metadata { { "hasleader", "true" } }, cancellationToken: session.Cancellation);
            try
            {
                await stream.RequestStream.WriteAsync(
                    new WatchRequest { CreateRequest = next }, session.Cancellation);
                while (await stream.ResponseStream.MoveNext(session.Cancellation))
                {
                    var answer = stream.ResponseStream.Current;
                    next.StartRevision = NextRevision(next.StartRevision, answer);
                    await WatchAnswers.ShowAsync(session, answer, wish.Program);
                }
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable)
            {
                await session.WarnAsync($"watch interrupted, resuming: {error.Status.Detail}");
            }

            // A read waits, within its time, for a store that can be asked again.
            await session.Client.GetAsync("health", session.Cancellation);
        }
    }

    private static long NextRevision(long next, WatchResponse answer) => answer switch
    {
        { Events: [.., var last] } => last.Kv.ModRevision + 1,
        { Created: true } when next == 0 => answer.Header.Revision + 1,
        _ => next,
    };
}
