using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sync.Peers.Api;
using Sync.Raft.Roles;
using Sync.Store.Corruption;
using Sync.Store.Hosting;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.TestKit;

namespace Sync.Store.Tests.Corruption;

/// <summary>The comparison with a member that hashes for as long as the test likes.</summary>
public sealed class HashComparisonTests : IAsyncLifetime, IDisposable
{
    private readonly HashingPeer _peer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly QuietMember _member;
    private readonly PeerLinks _links;
    private readonly ReadThreads _threads;
    private readonly HashComparison _comparison;

    public HashComparisonTests()
    {
        _member = new QuietMember($"a=http://127.0.0.1:1,b={_peer.Url}");
        _member.Published.Status = _member.Published.Status with { Role = RoleKind.Leader };
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var channels = new PeerChannels(certificates: null);
        _links = new PeerLinks(
            channels, _member.PeerIdentity, _member.Inbox, _member.Published, _member.FailStop, _member.Settings, _time,
            NullLogger<PeerLinks>.Instance);
        _threads = new ReadThreads(lifetime, _member.FailStop);
        _comparison = new HashComparison(
            _member.FrontOf(_threads), _member.Published, _links, channels, _member.Inbox, _member.Identity,
            _member.Settings, _time, NullLogger<HashComparison>.Instance);
    }

    public async Task InitializeAsync()
    {
        await _peer.StartAsync();
        await _threads.StartAsync(Deadline.Default);
        await _comparison.StartAsync(Deadline.Default);
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!_peer.Asked.IsCompleted && await retry.WaitForNextTickAsync(Deadline.Default))
        {
            _time.Advance(_member.Settings.CorruptCheckInterval!.Value);
        }
    }

    public async Task DisposeAsync()
    {
        await _comparison.StopAsync(Deadline.Default);
        await _threads.StopAsync(Deadline.Default);
        await _peer.DisposeAsync();
    }

    public void Dispose()
    {
        _comparison.Dispose();
        _threads.Dispose();
        _links.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task A_member_that_hashes_for_an_hour_is_compared()
    {
        _time.Advance(TimeSpan.FromHours(1));

        _peer.Answer(new HashAnswer { Hash = 12345, Revision = 1, IsComparable = true });

        var posted = await Task.Run(() => _member.Inbox.Drain(TimeSpan.FromSeconds(30)).ToList());
        var alarm = posted.Should().ContainSingle("it differs, so an alarm is raised").Which
            .Should().BeOfType<MemberRequest.Proposal>().Subject;
        OpenQuestions.Fail(alarm, Sync.Member.RequestFailure.Stopped);
    }

    [Fact]
    public async Task The_comparison_ends_with_the_leadership()
    {
        _member.Published.Status = _member.Published.Status with { Role = RoleKind.Follower };

        _time.Advance(_member.Settings.ElectionTimeout);

        await _peer.GivenUp.WaitAsync(Deadline.Default);
    }
}
