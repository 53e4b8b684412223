using System.CommandLine;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>lease grant</c>, <c>revoke</c>, <c>timetolive</c>, <c>list</c> and <c>keep-alive</c>.</summary>
internal static class LeaseCommands
{
    public static Command Create(CommandRunner runner) => CommandRunner.Group("lease", "Leases.",
        Grant(runner), Revoke(runner), TimeToLive(runner), List(runner), KeepAlive(runner));

    private static Command Grant(CommandRunner runner) =>
        runner.Command("grant seconds", "Grants a lease of so many seconds.", [], async (session, _, words) =>
        {
            var request = new LeaseGrantRequest { TTL = Seconds(words) };
            try
            {
                var answer = await session.Client.Lease.LeaseGrantAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(LeasePrintouts.Grant(answer));
            }
            catch (RpcException error)
            {
                throw new ControlFailure(ExitCode.Error, $"failed to grant lease ({ControlSession.Describe(error)})");
            }
        });

    private static Command Revoke(CommandRunner runner) =>
        runner.Command("revoke id", "Ends a lease and removes its keys.", [], async (session, _, words) =>
        {
            var id = Id(words, "lease revoke command needs 1 argument");
            try
            {
                var answer = await session.Client.Lease.LeaseRevokeAsync(
                    new LeaseRevokeRequest { ID = id }, cancellationToken: session.Cancellation);
                await session.PrintAsync(LeasePrintouts.Revoke(id, answer));
            }
            catch (RpcException error)
            {
                throw new ControlFailure(
                    ExitCode.Error, $"failed to revoke lease ({ControlSession.Describe(error)})");
            }
        });

    private static Command TimeToLive(CommandRunner runner)
    {
        var keys = CommandRunner.Switch("--keys", "Shows the keys that go with the lease.");
        return runner.Command("timetolive id", "Shows what is left of a lease.", [keys],
            async (session, parsed, words) =>
            {
                var request = new LeaseTimeToLiveRequest
                {
                    ID = Id(words, "lease timetolive command needs lease ID as argument"),
                    Keys = parsed.GetValue(keys),
                };
                var answer = await session.Client.Lease.LeaseTimeToLiveAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(LeasePrintouts.TimeToLive(answer, request.Keys));
            });
    }

    private static Command List(CommandRunner runner) =>
        runner.Command("list", "Lists the leases.", [], async (session, _, _) =>
        {
            var answer = await session.Client.Lease.LeaseLeasesAsync(
                new LeaseLeasesRequest(), cancellationToken: session.Cancellation);
            await session.PrintAsync(LeasePrintouts.List(answer));
        });

    private static Command KeepAlive(CommandRunner runner)
    {
        var once = CommandRunner.Switch("--once", "Renews once and ends.");
        return runner.Command("keep-alive id", "Renews a lease until it ends.", [once],
            async (session, parsed, words) =>
            {
                var id = Id(words, "lease keep-alive command needs lease ID as argument");
                await session.Client.SignInAsync(session.Cancellation);
                using var stream = session.Client.Lease.LeaseKeepAlive(cancellationToken: session.Cancellation);
                var isOnce = parsed.GetValue(once);
                while (await RenewAsync(stream, id, session) is { TTL: > 0 } answer)
                {
                    await session.PrintAsync(LeasePrintouts.KeepAlive(answer));
                    if (isOnce)
                    {
                        return;
                    }

                    await Task.Delay(TimeSpan.FromSeconds(answer.TTL / 3.0), session.Cancellation);
                }

                await ToldGoneAsync(session, id, isOnce);
            });
    }

    private static async Task<LeaseKeepAliveResponse> RenewAsync(
        AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream, long id,
        ControlSession session)
    {
        await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = id }, session.Cancellation);
        return await stream.ResponseStream.MoveNext(session.Cancellation)
            ? stream.ResponseStream.Current
            : throw new ControlFailure(ExitCode.BadConnection, "the store closed the stream of renewals");
    }

    private static Task ToldGoneAsync(ControlSession session, long id, bool isOnce) => isOnce
        ? throw new ControlFailure(ExitCode.BadConnection, "etcdserver: requested lease not found")
        : session.PrintLineAsync($"lease {GoText.LeaseId(id)} expired or revoked.");

    private static long Seconds(string[] words)
    {
        try
        {
            return words is [var text]
                ? GoNumber.Decimal(text)
                : throw ControlFailure.Arguments("lease grant command needs TTL argument");
        }
        catch (FormatException error)
        {
            throw ControlFailure.Arguments($"bad TTL ({error.Message})");
        }
    }

    private static long Id(string[] words, string usage)
    {
        try
        {
            return words is [var text] ? GoNumber.Hexadecimal(text) : throw ControlFailure.Arguments(usage);
        }
        catch (FormatException error)
        {
            throw ControlFailure.Arguments($"bad lease ID arg ({error.Message}), expecting ID in Hex");
        }
    }
}
