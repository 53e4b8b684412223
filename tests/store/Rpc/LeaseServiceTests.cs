using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Etcd.Api;
using Sync.Mvcc.Leases;
using Sync.Store.Hosting;
using Sync.Store.Replication;
using Sync.Store.Rpc;
using Sync.TestKit;

namespace Sync.Store.Tests.Rpc;

public sealed class LeaseServiceTests : IDisposable
{
    private readonly QuietMember _member = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ReadThreads _threads;
    private readonly LeaderWatch _leader;
    private readonly LeaseService _service;

    public LeaseServiceTests()
    {
        _threads = new ReadThreads(_lifetime, _member.FailStop);
        _leader = new LeaderWatch(_member.Published, _member.Settings, TimeProvider.System);
        _service = new LeaseService(
            _member.FrontOf(_threads), _member.Headers, new StreamLifetime(_lifetime, _leader));
    }

    public void Dispose()
    {
        _leader.Dispose();
        _threads.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task Leases_are_listed_by_their_end_though_the_member_does_not_sort_them()
    {
        var listing = _service.LeaseLeases(new LeaseLeasesRequest(), new FakeCall(Deadline.Default));

        _member.Inbox.Drain(TimeSpan.Zero).OfType<MemberRequest.LeaseListing>().Single().Answer(
            [new(900, new LeaseId(1)), new(500, new LeaseId(3)), new(500, new LeaseId(2)), new(700, new LeaseId(4))]);

        (await listing).Leases.Select(lease => lease.ID).Should().Equal(2, 3, 4, 1);
    }
}
