using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Sync.Disk;
using Sync.Disk.Wal;
using Sync.Member.Membership;
using Sync.Raft;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.TestKit;

namespace Sync.Store.Tests.Peers;

public sealed class PeerLinksTests : IDisposable
{
    // Nobody listens on these ports.
    private const string UrlOfB = "http://127.0.0.1:2";
    private const string UrlOfC = "http://127.0.0.1:3";
    private static readonly ClusterMember C = new(new MemberId(9), "", [UrlOfC], []);

    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly StoreSettings _settings;
    private readonly DataDirectory _directory;
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly ClusterMembers _published;
    private readonly PeerLinks _links;

    public PeerLinksTests()
    {
        var flags = new StoreFlags();
        _settings = flags.Read(
            flags.Command.Parse(
            [
                "--name=a", "--initial-advertise-peer-urls=http://127.0.0.1:1",
                $"--initial-cluster=a=http://127.0.0.1:1,b={UrlOfB}",
            ]),
            []);
        var identity = new DirectoryIdentity(
            _settings.Cluster.ClusterId, new MemberId(_settings.Cluster.MemberIdOf("a")), GroupId.First, Incarnation.First);
        _directory = DataDirectory.Open(
            PosixDisk.Prepare(_folder.At("data")),
            identity,
            new DirectorySettings { Log = new LogSettings { SegmentBytes = 16 * 1024, RecentBytesMax = 1000 } },
            Founding.Of(_settings.Cluster, identity).Beginning);
        var restored = RestoredMember.From(_directory, _settings, nowMilliseconds: 0);
        _published = restored.Member.Status.Members;
        var published = new PublishedState(restored.Keyspace.View, restored.Member.Status);
        _links = new PeerLinks(
            new PeerChannels(certificates: null),
            new PeerIdentity(_settings, _directory, published),
            new Inbox<MemberRequest>(capacity: 10),
            published,
            new FailStop(_lifetime, NullLogger<FailStop>.Instance),
            _settings,
            _time,
            NullLogger<PeerLinks>.Instance);
    }

    private ClusterMember B => _published.All.Single(member => member.PeerUrls[0] == UrlOfB);

    public void Dispose()
    {
        _links.Dispose();
        _directory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_members_that_are_published_at_the_start_have_links()
    {
        HasLinkTo(B).Should().BeFalse();

        await _links.StartAsync(Deadline.Default);

        HasLinkTo(B).Should().BeTrue();
        await _links.StopAsync(Deadline.Default);
    }

    [Fact]
    public async Task Members_that_were_published_before_do_not_drop_the_link_to_one_that_was_added_since()
    {
        _links.Follow(_published.After(new ClusterChange.Add(C)));

        await _links.StartAsync(Deadline.Default);

        // What waits for the time goes on at once on a thread without a context, such as one of the pool.
        await Task.Run(() => _time.Advance(_settings.ElectionTimeout * 2));

        HasLinkTo(C).Should().BeTrue("the start knows less than the member's thread has told");
        HasLinkTo(B).Should().BeTrue();
        await _links.StopAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_member_that_is_unknown_here_is_answered_where_it_says_it_is()
    {
        await _links.StartAsync(Deadline.Default);

        _links.Introduced(C.Id, C.PeerUrls);

        HasLinkTo(C).Should().BeTrue("it may have been added while this member was away, and lead");
        await _links.StopAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_member_that_called_keeps_its_link_until_it_is_known_to_be_removed()
    {
        await _links.StartAsync(Deadline.Default);
        _links.Introduced(C.Id, C.PeerUrls);

        await FollowForLongAsync(_published.After(new ClusterChange.Remove(B.Id)));
        var unknown = HasLinkTo(C);
        await FollowForLongAsync(_published.After(new ClusterChange.Add(C)).After(new ClusterChange.Remove(C.Id)));

        unknown.Should().BeTrue("members that do not name it say nothing against it");
        HasLinkTo(C).Should().BeFalse();
        await _links.StopAsync(Deadline.Default);
    }

    [Fact]
    public async Task A_caller_that_was_removed_or_says_nowhere_gets_no_link()
    {
        await _links.StartAsync(Deadline.Default);
        _links.Follow(_published.After(new ClusterChange.Add(C)).After(new ClusterChange.Remove(C.Id)));
        var other = new ClusterMember(new MemberId(10), "", ["nowhere"], []);

        _links.Introduced(C.Id, C.PeerUrls);
        _links.Introduced(other.Id, other.PeerUrls);

        HasLinkTo(C).Should().BeFalse();
        HasLinkTo(other).Should().BeFalse();
        await _links.StopAsync(Deadline.Default);
    }

    // Long enough for links that end to be gone.
    private async Task FollowForLongAsync(ClusterMembers members)
    {
        _links.Follow(members);
        await Task.Run(() => _time.Advance(_settings.ElectionTimeout * 2));
    }

    // A link knows its own address; without one the address that is asked with comes back.
    private bool HasLinkTo(ClusterMember member) =>
        _links.UrlOf(member with { PeerUrls = ["http://unknown.invalid"] }) == member.PeerUrls[0];
}
