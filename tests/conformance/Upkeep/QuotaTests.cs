using Google.Protobuf;
using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Upkeep;

/// <summary>A server whose data reaches <c>--quota-backend-bytes</c> says so by itself.</summary>
public sealed class QuotaTests
{
    private const int QuotaBytes = 2 * 1024 * 1024;
    private const int ValueBytes = 100 * 1024;

    // etcd counts what its backend has committed, which is a tenth of a second behind, and more on a slow disk.
    private const int TakenMax = 20 * QuotaBytes / ValueBytes;

    [Theory, EachServer]
    public async Task Puts_are_refused_once_the_quota_is_reached_and_deletes_go_on(string program)
    {
        await using var server = await ConformanceServer.StartAsync(program, $"--quota-backend-bytes={QuotaBytes}");
        var member = (await server.Maintenance.StatusAsync(new StatusRequest())).Header.MemberId;

        var taken = await FillAsync(server);

        taken.Should().BeInRange(1, server.IsEtcd34 ? TakenMax : QuotaBytes / ValueBytes);
        (await server.Maintenance.AlarmAsync(new AlarmRequest())).Alarms
            .Should().Equal(new AlarmMember { MemberID = member, Alarm = AlarmType.Nospace });
        (await server.Maintenance.StatusAsync(new StatusRequest())).Errors
            .Should().Contain($"memberID:{member} alarm:NOSPACE ");
        await RefusedAsync(server.Kv.PutAsync(new PutRequest { Key = Text("small") }),
            StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");
        (await server.Kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Text("q/"), RangeEnd = Text("q0") })).Deleted
            .Should().Be(taken);
    }

    // Puts until one is refused.
    private static async Task<int> FillAsync(ConformanceServer server)
    {
        var value = ByteString.CopyFrom(new byte[ValueBytes]);
        for (var taken = 0; ; taken++)
        {
            try
            {
                await server.Kv.PutAsync(new PutRequest { Key = Text($"q/{taken}"), Value = value });
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.ResourceExhausted)
            {
                error.Status.Detail.Should().Be("etcdserver: mvcc: database space exceeded");
                return taken;
            }

            taken.Should().BeLessThan(TakenMax, "so much data is over the quota");
        }
    }
}
