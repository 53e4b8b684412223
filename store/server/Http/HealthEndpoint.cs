using System.Text.Json;
using Sync.Mvcc.Alarms;
using Sync.Mvcc.Keys;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Http;

/// <summary>Answers <c>/health</c> for load balancers and probes.</summary>
/// <remarks>Source: etcd, server/etcdserver/api/etcdhttp/health.go: alarms, then the leader, then a read.</remarks>
internal sealed class HealthEndpoint(StoreFront front, PublishedState published)
{
    private static readonly byte[] ProbedKey = [(byte)'a'];

    /// <summary>Answers a probe's GET.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var reason = await FindFaultAsync(http.Request.Query);
        http.Response.ContentType = "application/json";
        http.Response.StatusCode = reason.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        var health = reason.Length == 0 ? "true" : "false";
        await http.Response.WriteAsync(
            $$"""{"health":"{{health}}","reason":"{{JsonEncodedText.Encode(reason)}}"}""", http.RequestAborted);
    }

    private async Task<string> FindFaultAsync(IQueryCollection query)
    {
        var excluded = query["exclude"];
        foreach (var alarm in published.View.Alarms)
        {
            if (!excluded.Contains(Name(alarm.Type)))
            {
                return $"ALARM {Name(alarm.Type)}";
            }
        }

        var isSerializable = query["serializable"] == "true";
        if (!isSerializable && published.Status.Leader.Value == 0)
        {
            return "RAFT NO LEADER";
        }

        // Until its name and URLs are in the log, no client is sent to it.
        if (!isSerializable && published.Status is var status && status.Members.Find(status.Self) is not { HasStarted: true })
        {
            return "MEMBER NOT STARTED";
        }

        try
        {
            var view = isSerializable ? front.View : await front.LinearizableViewAsync();
            front.Read(() => view.Range(new RangeQuery(KeyRange.Exactly(ProbedKey)) { KeysOnly = true }));
            return "";
        }
        catch (Grpc.Core.RpcException failed)
        {
            return $"RANGE ERROR:{failed.Status.Detail}";
        }
    }

    private static string Name(AlarmType type) => type switch
    {
        AlarmType.NoSpace => "NOSPACE",
        AlarmType.Corrupt => "CORRUPT",
        _ => "UNKNOWN",
    };
}
