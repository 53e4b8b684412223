using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Store.Corruption;
using Sync.Store.Hosting;
using Sync.Store.Peers;
using Sync.TestKit;

namespace Sync.Store.Tests.Corruption;

/// <summary>The check at a start, of a member beside one that answers as the test likes and one that is away.</summary>
public sealed class InitialCheckTests : IAsyncLifetime, IDisposable
{
    private readonly HashingPeer _peer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly QuietMember _member;
    private readonly ReadThreads _threads;

    public InitialCheckTests()
    {
        _member = new QuietMember($"a=http://127.0.0.1:1,b={_peer.Url},c=http://127.0.0.1:2");
        _member.Put(["key"], valueBytes: 10);
        _member.Published.Status = _member.Published.Status with { Applied = new LogIndex(1) };
        _threads = new ReadThreads(
            new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance), _member.FailStop);
    }

    public async Task InitializeAsync()
    {
        await _peer.StartAsync();
        await _threads.StartAsync(Deadline.Default);
    }

    public async Task DisposeAsync()
    {
        await _threads.StopAsync(Deadline.Default);
        await _peer.DisposeAsync();
    }

    public void Dispose()
    {
        _threads.Dispose();
        _member.Dispose();
    }

    [Fact]
    public async Task A_member_that_differs_is_stopped_with_the_reason()
    {
        _peer.Answer(new HashAnswer { Hash = 12345, IsComparable = true });

        await Check().StartAsync(Deadline.Default);

        (_member.FailStop.Refusal?.Message).Should().Contain("found data inconsistency with peers").And.Contain(" 12345.");
    }

    [Fact]
    public async Task A_member_with_the_same_data_starts_though_another_one_is_away()
    {
        var own = _member.Published.View.HashKv(_member.Published.View.Revision).Value;
        _peer.Answer(new HashAnswer { Hash = own.Hash, IsComparable = true });

        await Check().StartAsync(Deadline.Default);

        _member.FailStop.HasFailed.Should().BeFalse();
        _peer.Asked.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task A_member_that_hashes_without_end_holds_the_start_up_no_longer_than_two_minutes()
    {
        var start = Check().StartAsync(Deadline.Default);
        await _peer.Asked.WaitAsync(Deadline.Default);
        start.IsCompleted.Should().BeFalse();

        _time.Advance(TimeSpan.FromMinutes(2));

        await start.WaitAsync(Deadline.Default);
        _member.FailStop.HasFailed.Should().BeFalse();
    }

    [Fact]
    public async Task A_member_that_has_applied_nothing_asks_nobody()
    {
        _member.Published.Status = _member.Published.Status with { Applied = LogIndex.None };

        await Check().StartAsync(Deadline.Default);

        _peer.Asked.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Without_the_flag_nobody_is_asked()
    {
        await Check(isOn: false).StartAsync(Deadline.Default);

        _peer.Asked.IsCompleted.Should().BeFalse();
    }

    private InitialCheck Check(bool isOn = true) => new(
        _member.FrontOf(_threads), _member.Published, new PeerChannels(certificates: null), _member.PeerIdentity,
        _member.FailStop, _member.Settings with { ChecksDataAtStart = isOn }, _time, NullLogger<InitialCheck>.Instance);
}
