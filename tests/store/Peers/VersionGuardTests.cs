using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Store.Hosting;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.TestKit;

namespace Sync.Store.Tests.Peers;

/// <summary>A member that tells 3.6, in a cluster that goes by what the test says.</summary>
public sealed class VersionGuardTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(2);

    private readonly CancellationToken _limit = Deadline.In(TimeSpan.FromMinutes(1));
    private readonly QuietMember _member = new("a=http://127.0.0.1:1,b=http://127.0.0.1:2");
    private readonly FakeTimeProvider _time = new();
    private readonly ReadThreads _threads;
    private readonly VersionGuard _guard;

    public VersionGuardTests()
    {
        _threads = new ReadThreads(new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _member.FailStop);
        _guard = new VersionGuard(
            _member.FrontOf(_threads), _member.Published, _member.Settings, _member.FailStop, _time);
    }

    public void Dispose()
    {
        _guard.Dispose();
        _threads.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task A_member_below_the_clusters_version_stops_once_it_has_applied_all()
    {
        GoBy(new(3, 7));
        await _guard.StartAsync(_limit);

        (await NextReadAsync()).Answer(_member.Keyspace.View);

        await _guard.StopAsync(_limit);
        _member.FailStop.Refusal!.Message.Should().StartWith(
            "invalid downgrade; server version is lower than determined cluster version: --etcd-version is 3.6.1");
    }

    [Fact]
    public async Task What_the_cluster_went_by_before_it_has_applied_all_stops_nobody()
    {
        GoBy(new(3, 7));
        await _guard.StartAsync(_limit);

        var read = await NextReadAsync();
        GoBy(new(3, 6));
        read.Answer(_member.Keyspace.View);

        await _guard.StopAsync(_limit);
        _member.FailStop.HasFailed.Should().BeFalse();
    }

    [Fact]
    public async Task Without_a_leader_nobody_knows_better_and_it_is_asked_again()
    {
        GoBy(new(3, 7));
        await _guard.StartAsync(_limit);

        OpenQuestions.Fail(await NextReadAsync(), RequestFailure.TimedOut);
        (await NextReadAsync()).Answer(_member.Keyspace.View);

        await _guard.StopAsync(_limit);
        _member.FailStop.HasFailed.Should().BeTrue();
    }

    [Fact]
    public async Task A_member_that_votes_alone_has_applied_all_and_does_not_even_start()
    {
        GoBy(new(3, 7));
        _member.Published.Status = _member.Published.Status with { ServesReadsAlone = true };

        var start = () => _guard.StartAsync(_limit);

        await start.Should().ThrowAsync<StartException>();
    }

    private void GoBy(ClusterVersion version)
    {
        var members = _member.Published.Status.Members;
        _member.Published.Status = _member.Published.Status with
        {
            Members = new ClusterMembers(members.All, members.Removed, version),
        };
    }

    private async Task<MemberRequest.LinearizableRead> NextReadAsync()
    {
        while (true)
        {
            _time.Advance(Long);
            var posted = await Task.Run(() => _member.Inbox.Drain(TimeSpan.FromMilliseconds(50)).ToList(), _limit);
            if (posted is [MemberRequest.LinearizableRead read])
            {
                return read;
            }

            posted.Should().BeEmpty();
            _limit.ThrowIfCancellationRequested();
        }
    }
}
