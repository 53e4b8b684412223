using System.CommandLine;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>member add</c>, <c>remove</c>, <c>update</c>, <c>list</c> and <c>promote</c>.</summary>
internal static class MemberCommands
{
    private static readonly string[] Schemes = ["http://", "https://", "unix://", "unixs://"];

    public static Command Create(CommandRunner runner) => CommandRunner.Group("member", "The cluster's members.",
        Add(runner), Remove(runner), Update(runner), List(runner), Promote(runner));

    private static Command Add(CommandRunner runner)
    {
        var urls = CommandRunner.Text("--peer-urls", "", "Where the member talks to others, separated by commas.");
        var learner = CommandRunner.Switch("--learner", "The member has no vote yet.");
        return runner.Command("add name", "Adds a member.", [urls, learner], async (session, parsed, words) =>
        {
            var name = words is [var only]
                ? only
                : throw ControlFailure.Arguments(words.Length == 0 ? "member name not provided" : "too many arguments");
            var request = new MemberAddRequest { IsLearner = parsed.GetValue(learner) };
            request.PeerURLs.Add(Urls(parsed, urls));
            var answer = await session.Client.Cluster.MemberAddAsync(
                request, cancellationToken: session.Cancellation);
            await session.PrintAsync(MemberPrintouts.Add(answer));
            if (session.Settings.Format == OutputFormat.Simple)
            {
                await session.PrintAsync(MemberPrintouts.StartOf(name, answer));
            }
        });
    }

    private static Command Remove(CommandRunner runner) =>
        runner.Command("remove id", "Removes a member.", [], async (session, _, words) =>
        {
            var request = new MemberRemoveRequest { ID = Id(words) };
            var answer = await session.Client.Cluster.MemberRemoveAsync(
                request, cancellationToken: session.Cancellation);
            await session.PrintAsync(MemberPrintouts.Changed("removed from", request.ID, answer.Header, answer));
        });

    private static Command Update(CommandRunner runner)
    {
        var urls = CommandRunner.Text("--peer-urls", "", "Where the member talks to others, separated by commas.");
        return runner.Command("update id", "Changes a member's addresses.", [urls], async (session, parsed, words) =>
        {
            var request = new MemberUpdateRequest { ID = Id(words) };
            request.PeerURLs.Add(Urls(parsed, urls));
            var answer = await session.Client.Cluster.MemberUpdateAsync(
                request, cancellationToken: session.Cancellation);
            await session.PrintAsync(MemberPrintouts.Changed("updated in", request.ID, answer.Header, answer));
        });
    }

    private static Command List(CommandRunner runner) =>
        runner.Command("list", "Lists the members.", [], async (session, _, _) =>
        {
            var answer = await session.Client.Cluster.MemberListAsync(
                new MemberListRequest(), cancellationToken: session.Cancellation);
            await session.PrintAsync(MemberPrintouts.List(answer));
        });

    private static Command Promote(CommandRunner runner) =>
        runner.Command("promote id", "Gives a learner its vote.", [], async (session, _, words) =>
        {
            var request = new MemberPromoteRequest { ID = Id(words) };
            var answer = await session.Client.Cluster.MemberPromoteAsync(
                request, cancellationToken: session.Cancellation);
            await session.PrintAsync(MemberPrintouts.Changed("promoted in", request.ID, answer.Header, answer));
        });

    private static string[] Urls(ParseResult parsed, Option<string> option)
    {
        var urls = CommaList.Split(parsed.GetRequiredValue(option));
        if (urls.Length == 0)
        {
            throw ControlFailure.Arguments("member peer urls not provided");
        }

        return Array.Find(urls, url => !Schemes.Any(scheme => url.StartsWith(scheme, StringComparison.Ordinal)))
            is { } wrong
                ? throw new ControlFailure(
                    ExitCode.Error, $"URL scheme must be http, https, unix, or unixs: {wrong}")
                : urls;
    }

    private static ulong Id(string[] words)
    {
        try
        {
            return words is [var text]
                ? GoNumber.UnsignedHexadecimal(text)
                : throw ControlFailure.Arguments("member ID is not provided");
        }
        catch (FormatException error)
        {
            throw ControlFailure.Arguments($"bad member ID arg ({error.Message}), expecting ID in Hex");
        }
    }
}
