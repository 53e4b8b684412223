using System.CommandLine;
using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Store.Ctl.Options;
using Sync.Store.Ctl.Printing;
using Sync.Store.Ctl.Requests;

namespace Sync.Store.Ctl.Commands;

/// <summary><c>role add</c>, <c>delete</c>, <c>get</c>, <c>list</c>, <c>grant-permission</c>, <c>revoke-permission</c>.</summary>
internal static class RoleCommands
{
    public static Command Create(CommandRunner runner) => CommandRunner.Group("role", "Roles.",
        Add(runner), Delete(runner), Get(runner), List(runner), Grant(runner), Revoke(runner));

    private static Command Add(CommandRunner runner) =>
        runner.Command("add name", "Adds a role.", [], async (session, _, words) =>
        {
            var name = Name(words, "add");
            var answer = await session.Client.Auth.RoleAddAsync(
                new AuthRoleAddRequest { Name = name }, cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Done($"Role {name} created", answer, answer.Header));
        });

    private static Command Delete(CommandRunner runner) =>
        runner.Command("delete name", "Removes a role.", [], async (session, _, words) =>
        {
            var name = Name(words, "delete");
            var answer = await session.Client.Auth.RoleDeleteAsync(
                new AuthRoleDeleteRequest { Role = name }, cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Done($"Role {name} deleted", answer, answer.Header));
        });

    private static Command Get(CommandRunner runner) =>
        runner.Command("get name", "Shows what a role may do.", [], async (session, _, words) =>
        {
            var name = Name(words, "get");
            var answer = await session.Client.Auth.RoleGetAsync(
                new AuthRoleGetRequest { Role = name }, cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Role(name, answer));
        });

    private static Command List(CommandRunner runner) =>
        runner.Command("list", "Lists the roles.", [], async (session, _, words) =>
        {
            if (words.Length > 0)
            {
                throw ControlFailure.Arguments("role list command requires no arguments");
            }

            var answer = await session.Client.Auth.RoleListAsync(
                new AuthRoleListRequest(), cancellationToken: session.Cancellation);
            await session.PrintAsync(AuthPrintouts.Roles(answer));
        });

    private static Command Grant(CommandRunner runner)
    {
        var (prefix, fromKey) = (Prefix(), FromKey());
        return runner.Command("grant-permission role type key [range_end]", "Lets a role read or write a range.", [prefix, fromKey],
            async (session, parsed, words) =>
            {
                if (words.Length < 3)
                {
                    throw ControlFailure.Arguments("role grant command requires role name, permission type, "
                        + "and key [endkey] as its argument");
                }

                var type = Type(words[1]);
                var (start, end) = Range(words[2..], parsed.GetValue(prefix), parsed.GetValue(fromKey));
                var request = new AuthRoleGrantPermissionRequest
                {
                    Name = words[0],
                    Perm = new Permission { PermType = type, Key = start, RangeEnd = end },
                };
                var answer = await session.Client.Auth.RoleGrantPermissionAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(AuthPrintouts.Done($"Role {words[0]} updated", answer, answer.Header));
            });
    }

    private static Command Revoke(CommandRunner runner)
    {
        var (prefix, fromKey) = (Prefix(), FromKey());
        return runner.Command("revoke-permission role key [range_end]", "Takes a range from a role.", [prefix, fromKey],
            async (session, parsed, words) =>
            {
                if (words.Length < 2)
                {
                    throw ControlFailure.Arguments(
                        "role revoke-permission command requires role name and key [endkey] as its argument");
                }

                var (start, end) = Range(words[1..], parsed.GetValue(prefix), parsed.GetValue(fromKey));
                var request = new AuthRoleRevokePermissionRequest { Role = words[0], Key = start, RangeEnd = end };
                var answer = await session.Client.Auth.RoleRevokePermissionAsync(
                    request, cancellationToken: session.Cancellation);
                await session.PrintAsync(AuthPrintouts.Revoked(words[0], start, end, answer));
            });
    }

    private static Option<bool> Prefix() => CommandRunner.Switch("--prefix", "Keys that begin with the key.");

    private static Option<bool> FromKey() => CommandRunner.Switch("--from-key", "The key and all after it.");

    private static (ByteString Start, ByteString End) Range(string[] words, bool isPrefix, bool isFromKey)
    {
        if (isPrefix && isFromKey)
        {
            throw ControlFailure.Arguments("--from-key and --prefix flags are mutually exclusive");
        }

        if (words.Length > 1 && (isPrefix || isFromKey))
        {
            throw ControlFailure.Arguments(
                $"unexpected endkey argument with --{(isPrefix ? "prefix" : "from-key")} flag");
        }

        return KeyWords.Range(words, isPrefix: isPrefix, isFromKey: isFromKey);
    }

    private static Permission.Types.Type Type(string text) => text.ToUpperInvariant() switch
    {
        "READ" => Permission.Types.Type.Read,
        "WRITE" => Permission.Types.Type.Write,
        "READWRITE" => Permission.Types.Type.Readwrite,
        _ => throw ControlFailure.Arguments($"invalid permission type: {text}"),
    };

    private static string Name(string[] words, string verb) => words is [var name]
        ? name
        : throw ControlFailure.Arguments($"role {verb} command requires role name as its argument");
}
