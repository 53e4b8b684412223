using System.CommandLine;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;
using DowngradeAction = Sync.Etcd.Api.DowngradeRequest.Types.DowngradeAction;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>alarm</c>, <c>defrag</c>, <c>move-leader</c> and <c>downgrade</c>.</summary>
internal static class MaintenanceCommands
{
    public static IEnumerable<Command> Create(CommandRunner runner) =>
    [
        CommandRunner.Group("alarm", "Alarms.", AlarmList(runner), AlarmDisarm(runner)),
        Defragment(runner),
        MoveLeader(runner),
        CommandRunner.Group(
            "downgrade",
            "Lowers the etcd version that the cluster goes by, so that members can be started with it.",
            Downgrade(runner, "validate", "Asks whether the cluster can go to a version.", DowngradeAction.Validate),
            Downgrade(runner, "enable", "Begins a downgrade to a version, one minor below.", DowngradeAction.Enable),
            Downgrade(runner, "cancel", "Gives up the downgrade that is under way.", DowngradeAction.Cancel)),
    ];

    private static Command AlarmList(CommandRunner runner) =>
        runner.Command("list", "Lists the alarms.", [], async (session, _, words) =>
        {
            RequireNoWords(words, "alarm list");
            await session.PrintAsync(MaintenancePrintouts.Alarms(await AlarmsAsync(session)));
        });

    private static Command AlarmDisarm(CommandRunner runner) =>
        runner.Command("disarm", "Clears every alarm.", [], async (session, _, words) =>
        {
            RequireNoWords(words, "alarm disarm");
            var cleared = new AlarmResponse();
            foreach (var alarm in (await AlarmsAsync(session)).Alarms)
            {
                var request = new AlarmRequest
                {
                    Action = AlarmRequest.Types.AlarmAction.Deactivate,
                    MemberID = alarm.MemberID,
                    Alarm = alarm.Alarm,
                };
                var answer = await session.Client.Maintenance.AlarmAsync(
                    request, cancellationToken: session.Cancellation);
                cleared.Alarms.Add(answer.Alarms);
            }

            await session.PrintAsync(MaintenancePrintouts.Alarms(cleared));
        });

    private static Command Defragment(CommandRunner runner)
    {
        var cluster = CommandRunner.Switch("--cluster", "Every member of the cluster.");
        return runner.Command("defrag", "Frees what the storage no longer needs, one endpoint after another.",
            [cluster], async (session, parsed, _) =>
            {
                var hasFailed = false;
                foreach (var endpoint in await session.EndpointsAsync(parsed.GetValue(cluster)))
                {
                    using var client = session.ClientOf(endpoint);
                    try
                    {
                        await client.Maintenance.DefragmentAsync(
                            new DefragmentRequest(), cancellationToken: session.Cancellation);
                        await session.PrintLineAsync($"Finished defragmenting etcd member[{endpoint}]");
                    }
                    catch (RpcException error)
                    {
                        hasFailed = true;
                        await session.WarnAsync(
                            $"Failed to defragment etcd member[{endpoint}] ({ControlSession.Describe(error)})");
                    }
                }

                return hasFailed ? ExitCode.Error : ExitCode.Done;
            });
    }

    private static Command MoveLeader(CommandRunner runner) =>
        runner.Command("move-leader id", "Hands leadership to another member.", [], async (session, _, words) =>
        {
            var target = Target(words);
            foreach (var endpoint in session.Settings.Endpoints)
            {
                using var client = session.ClientOf(endpoint);
                var status = await client.Maintenance.StatusAsync(
                    new StatusRequest(), cancellationToken: session.Cancellation);
                if (status.Header.MemberId == status.Leader)
                {
                    var answer = await client.Maintenance.MoveLeaderAsync(
                        new MoveLeaderRequest { TargetID = target }, cancellationToken: session.Cancellation);
                    await session.PrintAsync(MaintenancePrintouts.MoveLeader(status.Leader, target, answer));
                    return;
                }
            }

            throw ControlFailure.Arguments(
                $"no leader endpoint given at [{string.Join(' ', session.Settings.Endpoints)}]");
        });

    private static Command Downgrade(CommandRunner runner, string name, string description, DowngradeAction action)
    {
        var takesVersion = action is not DowngradeAction.Cancel;
        return runner.Command(takesVersion ? $"{name} version" : name, description, [], async (session, _, words) =>
        {
            if (words.Length != (takesVersion ? 1 : 0))
            {
                throw ControlFailure.Arguments(takesVersion
                    ? $"downgrade {name} command needs 1 argument, a version such as 3.5"
                    : $"downgrade {name} command accepts no arguments");
            }

            var answer = await session.Client.Maintenance.DowngradeAsync(
                new DowngradeRequest { Action = action, Version = takesVersion ? words[0] : "" },
                cancellationToken: session.Cancellation);
            await session.PrintAsync(MaintenancePrintouts.Downgrade(name, answer));
        });
    }

    private static ulong Target(string[] words)
    {
        try
        {
            return words is [var text]
                ? GoNumber.UnsignedHexadecimal(text)
                : throw ControlFailure.Arguments("move-leader command needs 1 argument");
        }
        catch (FormatException error)
        {
            throw ControlFailure.Arguments(error.Message);
        }
    }

    private static async Task<AlarmResponse> AlarmsAsync(ControlSession session) =>
        await session.Client.Maintenance.AlarmAsync(
            new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Get },
            cancellationToken: session.Cancellation);

    private static void RequireNoWords(string[] words, string command)
    {
        if (words.Length > 0)
        {
            throw ControlFailure.Arguments($"{command} command accepts no arguments");
        }
    }
}
