using System.Globalization;
using Sync.Etcd.Api;

namespace Sync.Store.Ctl.Printing;

/// <summary>
/// The answers of the lease commands. Their JSON has the head's members on the outer level, and their bytes
/// are the head alone: so do etcd's tools.
/// </summary>
internal static class LeasePrintouts
{
    public static Printout Grant(LeaseGrantResponse answer) => new()
    {
        Simple = text => text.Line($"lease {GoText.LeaseId(answer.ID)} granted with TTL({answer.TTL}s)"),
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Field("ID", answer.ID);
            text.Field("TTL", answer.TTL);
        },
        Json = () => Flat(answer.Header,
            ("ID", Text(answer.ID)), ("TTL", Text(answer.TTL)), ("Error", GoJson.Quote(answer.Error))),
        Protobuf = answer.Header,
    };

    public static Printout Revoke(long id, LeaseRevokeResponse answer) => new()
    {
        Simple = text => text.Line($"lease {GoText.LeaseId(id)} revoked"),
        Fields = text => text.Header(answer.Header),
        Json = () => GoJson.Of(answer),
        Protobuf = answer,
    };

    public static Printout TimeToLive(LeaseTimeToLiveResponse answer, bool hasKeys) => new()
    {
        Simple = text => text.Line(Remaining(answer, hasKeys)),
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Field("ID", answer.ID);
            text.Field("TTL", answer.TTL);
            text.Field("GrantedTTL", answer.GrantedTTL);
            answer.Keys.ToList().ForEach(key => text.Field("Key", key));
        },
        Json = () => Flat(answer.Header,
            ("id", Text(answer.ID)), ("ttl", Text(answer.TTL)), ("granted-ttl", Text(answer.GrantedTTL)),
            ("keys", answer.Keys.Count == 0
                ? "null"
                : GoJson.Array(answer.Keys.Select(key => GoJson.Quote(key.ToBase64()))))),
        Protobuf = answer.Header,
    };

    public static Printout KeepAlive(LeaseKeepAliveResponse answer) => new()
    {
        Simple = text => text.Line($"lease {GoText.LeaseId(answer.ID)} keepalived with TTL({answer.TTL})"),
        Fields = text =>
        {
            text.Header(answer.Header);
            text.Field("ID", answer.ID);
            text.Field("TTL", answer.TTL);
        },
        Json = () => Flat(answer.Header, ("ID", Text(answer.ID)), ("TTL", Text(answer.TTL))),
        Protobuf = answer.Header,
    };

    public static Printout List(LeaseLeasesResponse answer) => new()
    {
        Simple = text =>
        {
            text.Line($"found {answer.Leases.Count} leases");
            answer.Leases.ToList().ForEach(lease => text.Line(GoText.LeaseId(lease.ID)));
        },
        Fields = text =>
        {
            text.Header(answer.Header);
            answer.Leases.ToList().ForEach(lease => text.Field("ID", lease.ID));
        },
        Json = () => Flat(answer.Header, ("leases", GoJson.Array(
            answer.Leases.Select(lease => GoJson.Object([("id", Text(lease.ID))]))))),
        Protobuf = answer.Header,
    };

    private static string Remaining(LeaseTimeToLiveResponse answer, bool hasKeys)
    {
        var id = GoText.LeaseId(answer.ID);
        if (answer is { GrantedTTL: 0, TTL: -1 })
        {
            return $"lease {id} already expired";
        }

        var keys = string.Join(' ', answer.Keys.Select(key => key.ToStringUtf8()));
        return $"lease {id} granted with TTL({answer.GrantedTTL}s), remaining({answer.TTL}s)"
            + (hasKeys ? $", attached keys([{keys}])" : "");
    }

    private static string Flat(ResponseHeader header, params (string Name, string Json)[] members) =>
        GoJson.Object([.. GoJson.Members(header), .. members]);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
