using System.CommandLine;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>auth enable</c>, <c>disable</c> and <c>status</c>.</summary>
internal static class AuthCommands
{
    private const string RootRoleMissing = "etcdserver: root user does not have root role";

    public static Command Create(CommandRunner runner) => CommandRunner.Group("auth", "Users on or off.",
        Enable(runner), Disable(runner), Status(runner));

    private static Command Enable(CommandRunner runner) =>
        runner.Command("enable", "Switches users on; the user root must exist.", [], async (session, _, words) =>
        {
            RequireNoWords(words, "enable");
            var auth = session.Client.Auth;
            try
            {
                await auth.AuthEnableAsync(new AuthEnableRequest(), cancellationToken: session.Cancellation);
            }
            catch (RpcException error) when (error.Status.Detail == RootRoleMissing)
            {
                await GrantRootAsync(auth, session.Cancellation);
                await auth.AuthEnableAsync(new AuthEnableRequest(), cancellationToken: session.Cancellation);
            }

            await session.PrintLineAsync("Authentication Enabled");
        });

    private static Command Disable(CommandRunner runner) =>
        runner.Command("disable", "Switches users off.", [], async (session, _, words) =>
        {
            RequireNoWords(words, "disable");
            await session.Client.Auth.AuthDisableAsync(
                new AuthDisableRequest(), cancellationToken: session.Cancellation);
            await session.PrintLineAsync("Authentication Disabled");
        });

    private static Command Status(CommandRunner runner) =>
        runner.Command("status", "Tells whether users are switched on.", [], async (session, _, words) =>
        {
            RequireNoWords(words, "status");
            var answer = await session.Client.Auth.AuthStatusAsync(
                new AuthStatusRequest(), cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Status(answer));
        });

    private static async Task GrantRootAsync(Auth.AuthClient auth, CancellationToken cancellation)
    {
        try
        {
            await auth.RoleAddAsync(new AuthRoleAddRequest { Name = "root" }, cancellationToken: cancellation);
        }
        catch (RpcException error) when (error.Status.Detail == "etcdserver: role name already exists")
        {
            // All that is missing is the grant.
        }

        await auth.UserGrantRoleAsync(
            new AuthUserGrantRoleRequest { User = "root", Role = "root" }, cancellationToken: cancellation);
    }

    private static void RequireNoWords(string[] words, string command)
    {
        if (words.Length > 0)
        {
            throw ControlFailure.Arguments($"auth {command} command does not accept any arguments");
        }
    }
}
