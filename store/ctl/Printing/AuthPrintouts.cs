using Google.Protobuf;
using Sync.Etcd.Api;
using Sync.Etcd.Client.Keys;

namespace Sync.Store.Ctl.Printing;

/// <summary>The answers of the commands on users and roles.</summary>
internal static class AuthPrintouts
{
    private static readonly ByteString OpenEnd = ByteString.CopyFrom(0);

    /// <summary>A change that has nothing to show but that it happened.</summary>
    public static Printout Done(string sentence, IMessage answer, ResponseHeader header) =>
        Printout.Of(answer) with
        {
            Simple = text => text.Line(sentence),
            Fields = text => text.Header(header),
        };

    public static Printout Status(AuthStatusResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            text.Line($"Authentication Status: {(answer.Enabled ? "true" : "false")}");
            text.Line($"AuthRevision: {answer.AuthRevision}");
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Field("Enabled", answer.Enabled);
            text.Field("AuthRevision", answer.AuthRevision);
        },
    };

    public static Printout User(string name, AuthUserGetResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            text.Line($"User: {name}");
            text.Line($"Roles:{string.Concat(answer.Roles.Select(role => " " + role))}");
        },
    };

    public static Printout Users(AuthUserListResponse answer) => Printout.Of(answer) with
    {
        Simple = text => answer.Users.ToList().ForEach(text.Line),
    };

    public static Printout Roles(AuthRoleListResponse answer) => Printout.Of(answer) with
    {
        Simple = text => answer.Roles.ToList().ForEach(text.Line),
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Line($"\"Roles\" :{string.Concat(answer.Roles.Select(role => " " + GoText.Quote(role)))}");
        },
    };

    public static Printout Role(string name, AuthRoleGetResponse answer) => Printout.Of(answer) with
    {
        Simple = text =>
        {
            text.Line($"Role {name}");
            text.Line("KV Read:");
            Ranges(text, answer, Permission.Types.Type.Write);
            text.Line("KV Write:");
            Ranges(text, answer, Permission.Types.Type.Read);
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            foreach (var permission in answer.Perm)
            {
                // Two blanks, as etcd's tools have it.
                text.Line($"\"PermType\" :  {permission.PermType.ToString().ToUpperInvariant()}");
                text.Field("Key", permission.Key);
                text.Field("RangeEnd", permission.RangeEnd);
            }
        },
    };

    public static Printout Revoked(
        string role, ByteString start, ByteString end, AuthRoleRevokePermissionResponse answer)
    {
        var what = end.IsEmpty
            ? $"key {start.ToStringUtf8()}"
            : $"range [{start.ToStringUtf8()}, {(end.Equals(OpenEnd) ? "<open ended>" : end.ToStringUtf8() + ")")}";
        return Done($"Permission of {what} is revoked from role {role}", answer, answer.Header);
    }

    private static void Ranges(OutputText text, AuthRoleGetResponse answer, Permission.Types.Type other)
    {
        foreach (var permission in answer.Perm.Where(permission => permission.PermType != other))
        {
            text.Line("\t" + Range(permission));
        }
    }

    private static string Range(Permission permission)
    {
        var (start, end) = (permission.Key.ToStringUtf8(), permission.RangeEnd.ToStringUtf8());
        if (permission.RangeEnd.IsEmpty)
        {
            return start;
        }

        if (permission.RangeEnd.Equals(OpenEnd))
        {
            return $"[{start}, <open ended>";
        }

        var isPrefix = KeyRange.Prefix(permission.Key).End.Equals(permission.RangeEnd);
        return $"[{start}, {end})" + (isPrefix ? $" (prefix {start})" : "");
    }
}
