using Grpc.Core;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;
using Action = Sync.Etcd.Api.AlarmRequest.Types.AlarmAction;

namespace Sync.Conformance.Tests.Upkeep;

[Collection(SharedServers.Name)]
public sealed class UpkeepTests(RunningServers servers)
{
    [Theory, EachServer]
    public async Task A_lone_member_is_its_own_leader_and_tells_how_far_it_is(string program)
    {
        var server = await servers.OfAsync(program);
        var revision = await server.PutAsync("status");

        var status = await server.Maintenance.StatusAsync(new StatusRequest());

        status.Leader.Should().Be(status.Header.MemberId).And.NotBe(0UL);
        status.Header.Revision.Should().Be(revision);
        status.RaftTerm.Should().Be(status.Header.RaftTerm).And.BePositive();
        status.RaftAppliedIndex.Should().BePositive().And.BeLessThanOrEqualTo(status.RaftIndex);
        status.DbSize.Should().BePositive();
        status.DbSizeInUse.Should().BeInRange(0, status.DbSize);
        Version.Parse(status.Version).Major.Should().Be(3);
        (status.IsLearner, status.Errors.Count).Should().Be((false, 0));
    }

    [Theory, EachServer]
    public async Task The_members_are_listed_with_a_header_without_revision(string program)
    {
        var server = await servers.OfAsync(program);

        var list = await server.Cluster.MemberListAsync(new MemberListRequest());

        list.Header.Revision.Should().Be(0);
        var member = list.Members.Single();
        (member.ID, member.Name, member.IsLearner).Should().Be((list.Header.MemberId, "default", false));
        member.ClientURLs.Should().Equal($"http://{server.Server.Endpoint}");
        member.PeerURLs.Should().Equal(server.Server.PeerUrl.OriginalString);
    }

    [Theory, EachServer]
    public async Task Every_answer_names_the_cluster_the_member_and_the_term(string program)
    {
        var server = await servers.OfAsync(program);

        var range = (await server.GetAsync("any")).Header;
        var status = (await server.Maintenance.StatusAsync(new StatusRequest())).Header;

        (range.ClusterId, range.MemberId, range.RaftTerm)
            .Should().Be((status.ClusterId, status.MemberId, status.RaftTerm));
        range.ClusterId.Should().NotBe(0);
    }

    [Fact]
    public async Task The_hash_of_a_history_equals_that_of_etcd()
    {
        if (TestKit.DebianPrograms.Find("etcd") is null)
        {
            return;
        }

        await using var ours = await StartAsync("store");
        await using var theirs = await StartAsync("etcd");

        var (full, compacted) = await HashesAsync(ours);

        (full, compacted).Should().Be(await HashesAsync(theirs));
    }

    [Theory, EachServer]
    public async Task A_hash_of_the_future_or_of_the_compacted_past_is_refused(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a");
        var revision = await server.PutAsync("a");
        await server.PutAsync("a");
        await server.Kv.CompactAsync(new CompactionRequest { Revision = revision, Physical = true });

        await RefusedAsync(server.Maintenance.HashKVAsync(new HashKVRequest { Revision = revision - 1 }),
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted");
        await RefusedAsync(server.Maintenance.HashKVAsync(new HashKVRequest { Revision = revision + 9 }),
            StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");
        var hash = await server.Maintenance.HashKVAsync(new HashKVRequest());
        (hash.CompactRevision, hash.Header.Revision).Should().Be((revision, revision + 1));
    }

    [Theory, EachServer]
    public async Task Without_space_writes_are_refused_and_the_rest_goes_on_until_the_alarm_is_cleared(string program)
    {
        await using var server = await StartAsync(program);
        var member = (await server.Maintenance.StatusAsync(new StatusRequest())).Header.MemberId;
        await server.PutAsync("a");
        AlarmRequest Alarm(Action action) => new() { Action = action, MemberID = member, Alarm = AlarmType.Nospace };

        var raised = await server.Maintenance.AlarmAsync(Alarm(Action.Activate));
        var status = await server.Maintenance.StatusAsync(new StatusRequest());

        raised.Alarms.Should().Equal(new AlarmMember { MemberID = member, Alarm = AlarmType.Nospace });
        status.Errors.Should().Contain($"memberID:{member} alarm:NOSPACE ");
        await RefusedAsync(server.Kv.PutAsync(new PutRequest { Key = Text("b") }),
            StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");
        await RefusedAsync(server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 10 }),
            StatusCode.ResourceExhausted, "etcdserver: mvcc: database space exceeded");
        (await server.GetAsync("a")).Count.Should().Be(1);
        var deletion = await server.DeleteAsync("a");
        await server.Kv.CompactAsync(new CompactionRequest { Revision = deletion });

        var cleared = await server.Maintenance.AlarmAsync(Alarm(Action.Deactivate));
        cleared.Alarms.Should().Equal(raised.Alarms);
        (await server.Maintenance.AlarmAsync(Alarm(Action.Deactivate))).Alarms.Should().BeEmpty();
        (await server.Maintenance.AlarmAsync(new AlarmRequest())).Alarms.Should().BeEmpty();
        await server.PutAsync("b");
    }

    [Theory, EachServer]
    public async Task With_a_corrupt_member_nothing_is_written_and_all_can_be_read(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a");
        await server.Maintenance.AlarmAsync(
            new AlarmRequest { Action = Action.Activate, MemberID = 5, Alarm = AlarmType.Corrupt });
        const string Corrupt = "etcdserver: corrupt cluster";

        await RefusedAsync(server.Kv.PutAsync(new PutRequest { Key = Text("b") }), StatusCode.DataLoss, Corrupt);
        await RefusedAsync(server.Kv.DeleteRangeAsync(new DeleteRangeRequest { Key = Text("a") }),
            StatusCode.DataLoss, Corrupt);
        await RefusedAsync(server.Lease.LeaseGrantAsync(new LeaseGrantRequest { TTL = 9 }), StatusCode.DataLoss, Corrupt);
        (await server.GetAsync("a")).Count.Should().Be(1);
    }

    [Theory, EachServer]
    public async Task Defragmenting_keeps_every_key_and_answers_without_a_header(string program)
    {
        await using var server = await StartAsync(program);
        await server.PutAsync("a", "1");

        var answer = await server.Maintenance.DefragmentAsync(new DefragmentRequest());

        answer.Header.Should().BeNull();
        (await server.GetAsync("a")).Kvs.Single().Value.Should().Equal(Text("1"));
    }

    [Theory, EachServer]
    public async Task Leadership_moves_to_oneself_at_once_and_never_to_a_stranger(string program)
    {
        var server = await servers.OfAsync(program);
        var member = (await server.Maintenance.StatusAsync(new StatusRequest())).Header.MemberId;

        await server.Maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = member });

        await RefusedAsync(server.Maintenance.MoveLeaderAsync(new MoveLeaderRequest { TargetID = 12 }),
            StatusCode.FailedPrecondition, "etcdserver: bad leader transferee");
    }

    private static async Task<(uint Full, uint Compacted)> HashesAsync(ConformanceServer server)
    {
        for (var number = 0; number < 50; number++)
        {
            await server.PutAsync($"h/{number % 7}", $"{number}");
        }

        await server.DeleteAsync("h/3");
        var revision = await server.PutAsync("h/9", "end");
        var full = (await server.Maintenance.HashKVAsync(new HashKVRequest { Revision = revision })).Hash;
        await server.Kv.CompactAsync(new CompactionRequest { Revision = revision - 10, Physical = true });
        var compacted = (await server.Maintenance.HashKVAsync(new HashKVRequest())).Hash;
        return (full, compacted);
    }
}
