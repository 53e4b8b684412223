using System.Globalization;
using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;
using Sync.Posix;

namespace Sync.Confd.Files;

/// <summary>Finds out who a destination has to belong to.</summary>
/// <remarks>Names come from /etc/passwd and /etc/group. Read anew each time: the files change while confd runs.</remarks>
internal static class Accounts
{
    /// <summary>The user and group this process acts as.</summary>
    public static FileOwner Own => new((int)PosixUser.EffectiveId, OwnGroups()[0]);

    /// <summary>The owner a resource asks for.</summary>
    /// <param name="resource">The resource; numbers win over names, and none means confd's own.</param>
    /// <returns>The owner; a refusal when a name is unknown; a remark when this process may not give the file away.</returns>
    public static Ownership For(Resource resource)
    {
        var own = Own;
        var user = resource.UserId ?? Lookup("/etc/passwd", resource.Owner) ?? own.UserId;
        var group = resource.GroupId ?? Lookup("/etc/group", resource.Group) ?? own.GroupId;
        if (resource.UserId is null && resource.Owner.Length > 0 && Lookup("/etc/passwd", resource.Owner) is null)
        {
            return new Ownership(own, $"cannot find owner's UID: unknown user \"{resource.Owner}\"", Remark: null);
        }

        if (resource.GroupId is null && resource.Group.Length > 0 && Lookup("/etc/group", resource.Group) is null)
        {
            return new Ownership(own, $"cannot find group's GID for group \"{resource.Group}\"", Remark: null);
        }

        var mayGive = own.UserId == 0 || (user == own.UserId && OwnGroups().Contains(group));
        return mayGive
            ? new Ownership(new FileOwner(user, group), Refusal: null, Remark: null)
            : new Ownership(own, Refusal: null,
                $"{resource.Destination} stays with UID {own.UserId} and GID {own.GroupId}: only root may give it to "
                + $"UID {user} and GID {group}");
    }

    private static int? Lookup(string file, string name)
    {
        if (name.Length == 0)
        {
            return null;
        }

        var entry = File.ReadLines(file).Select(line => line.Split(':'))
            .FirstOrDefault(fields => fields.Length > 2 && fields[0] == name);
        return entry is null ? null : int.Parse(entry[2], CultureInfo.InvariantCulture);
    }

    // The effective group comes first. Source: proc_pid_status(5).
    private static List<int> OwnGroups()
    {
        var lines = File.ReadAllLines("/proc/self/status");
        var effective = Numbers("Gid:")[1];
        return [effective, .. Numbers("Groups:")];

        List<int> Numbers(string label) =>
            [.. lines.First(line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..]
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(number => (int)uint.Parse(number, CultureInfo.InvariantCulture))];
    }
}

/// <summary>Who a destination will belong to.</summary>
/// <param name="Owner">The owner; this process's own after a refusal or remark.</param>
/// <param name="Refusal">Why the resource cannot be done; null when it can.</param>
/// <param name="Remark">What an operator should know; null when there is nothing.</param>
internal sealed record Ownership(FileOwner Owner, string? Refusal, string? Remark);
