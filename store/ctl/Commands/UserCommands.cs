using System.CommandLine;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>user add</c>, <c>delete</c>, <c>get</c>, <c>list</c>, <c>passwd</c>, <c>grant-role</c>, <c>revoke-role</c>.</summary>
internal static class UserCommands
{
    public static Command Create(CommandRunner runner) => CommandRunner.Group("user", "Users.",
        Add(runner), Delete(runner), Get(runner), List(runner), Password(runner), GrantRole(runner),
        RevokeRole(runner));

    private static Command Add(CommandRunner runner)
    {
        var interactive = Interactive();
        var given = CommandRunner.Text("--new-user-password", "", "The new user's password.");
        var none = CommandRunner.Switch("--no-password", "The user signs in by certificate only.");
        return runner.Command("add name[:password]", "Adds a user: name or name:password.", [interactive, given, none],
            async (session, parsed, words) =>
            {
                var word = Name(words, "user add command requires user name as its argument");
                var colon = word.IndexOf(':', StringComparison.Ordinal);
                var isNone = parsed.GetValue(none);
                var name = isNone || colon < 0 ? word : word[..colon];
                var password = isNone ? ""
                    : parsed.GetRequiredValue(given) is { Length: > 0 } option ? option
                    : colon >= 0 ? word[(colon + 1)..]
                    : await PasswordAsync(session, name, parsed.GetValue(interactive));
                if (name.Length == 0)
                {
                    throw ControlFailure.Arguments("empty user name is not allowed");
                }

                var request = new AuthUserAddRequest
                {
                    Name = name,
                    Password = password,
                    Options = new UserAddOptions { NoPassword = isNone },
                };
                var answer = await session.Client.Auth.UserAddAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(AuthPrintouts.Done($"User {name} created", answer, answer.Header));
            });
    }

    private static Command Delete(CommandRunner runner) =>
        runner.Command("delete name", "Removes a user.", [], async (session, _, words) =>
        {
            var name = Name(words, "user delete command requires user name as its argument");
            var answer = await session.Client.Auth.UserDeleteAsync(
                new AuthUserDeleteRequest { Name = name }, cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Done($"User {name} deleted", answer, answer.Header));
        });

    private static Command Get(CommandRunner runner)
    {
        var detail = CommandRunner.Switch("--detail", "Shows what each role may do.");
        return runner.Command("get name", "Shows a user's roles.", [detail], async (session, parsed, words) =>
        {
            var name = Name(words, "user get command requires user name as its argument");
            var auth = session.Client.Auth;
            var answer = await auth.UserGetAsync(
                new AuthUserGetRequest { Name = name }, cancellationToken: session.Cancellation);
            if (!parsed.GetValue(detail))
            {
                await session.PrintAsync(AuthPrintouts.User(name, answer));
                return;
            }

            await session.PrintLineAsync($"User: {name}");
            foreach (var role in answer.Roles)
            {
                await session.PrintLineAsync("");
                var permissions = await auth.RoleGetAsync(
                    new AuthRoleGetRequest { Role = role }, cancellationToken: session.Cancellation);
                await session.PrintAsync(AuthPrintouts.Role(role, permissions));
            }
        });
    }

    private static Command List(CommandRunner runner) =>
        runner.Command("list", "Lists the users.", [], async (session, _, words) =>
        {
            if (words.Length > 0)
            {
                throw ControlFailure.Arguments("user list command requires no arguments");
            }

            var answer = await session.Client.Auth.UserListAsync(
                new AuthUserListRequest(), cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Users(answer));
        });

    private static Command Password(CommandRunner runner)
    {
        var interactive = Interactive();
        return runner.Command("passwd name", "Changes a user's password.", [interactive],
            async (session, parsed, words) =>
            {
                var name = Name(words, "user passwd command requires user name as its argument");
                var request = new AuthUserChangePasswordRequest
                {
                    Name = name,
                    Password = await PasswordAsync(session, name, parsed.GetValue(interactive)),
                };
                var answer = await session.Client.Auth.UserChangePasswordAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(AuthPrintouts.Done("Password updated", answer, answer.Header));
            });
    }

    private static Command GrantRole(CommandRunner runner) =>
        runner.Command("grant-role user role", "Gives a user a role.", [], async (session, _, words) =>
        {
            var (user, role) = UserAndRole(words, "grant");
            var answer = await session.Client.Auth.UserGrantRoleAsync(
                new AuthUserGrantRoleRequest { User = user, Role = role }, cancellationToken: session.Cancellation);
            await session.PrintAsync(
                AuthPrintouts.Done($"Role {role} is granted to user {user}", answer, answer.Header));
        });

    private static Command RevokeRole(CommandRunner runner) =>
        runner.Command("revoke-role user role", "Takes a role from a user.", [], async (session, _, words) =>
        {
            var (user, role) = UserAndRole(words, "revoke");
            var answer = await session.Client.Auth.UserRevokeRoleAsync(
                new AuthUserRevokeRoleRequest { Name = user, Role = role }, cancellationToken: session.Cancellation);
            await session.PrintAsync(
                AuthPrintouts.Done($"Role {role} is revoked from user {user}", answer, answer.Header));
        });

    private static Option<bool> Interactive() => new("--interactive")
    {
        Description = "Asks twice; =false reads one line.",
        DefaultValueFactory = _ => true,
    };

    private static async Task<string> PasswordAsync(ControlSession session, string name, bool isInteractive)
    {
        if (isInteractive)
        {
            await session.PrintLineAsync($"Password of {name}: ");
        }

        var password = await session.Terminal.Input.ReadLineAsync(session.Cancellation) ?? "";
        if (isInteractive)
        {
            await session.PrintLineAsync($"Type password of {name} again for confirmation: ");
            var again = await session.Terminal.Input.ReadLineAsync(session.Cancellation);
            if (again != password)
            {
                throw ControlFailure.Arguments("given passwords are different");
            }
        }

        return password;
    }

    private static (string User, string Role) UserAndRole(string[] words, string verb) => words is [var user, var role]
        ? (user, role)
        : throw ControlFailure.Arguments($"user {verb} command requires user name and role name as its argument");

    private static string Name(string[] words, string usage) =>
        words is [var name] ? name : throw ControlFailure.Arguments(usage);
}
