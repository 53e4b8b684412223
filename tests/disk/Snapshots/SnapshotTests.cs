using System.Security.Cryptography;
using Sync.Disk.Snapshots;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Simulation;

namespace Sync.Disk.Tests.Snapshots;

public sealed class SnapshotTests
{
    [Fact]
    public void A_snapshot_makes_a_follower_that_missed_everything_equal_and_it_goes_on_from_there()
    {
        var leader = Started(KeyspaceMember.Leader, 200);
        var disk = new SimulatedDisk(2);
        var follower = Started(KeyspaceMember.Follower, 12, disk);
        using var capture = leader.Capture();

        follower.Install(KeyspaceMember.BytesOf(capture));

        follower.State.Should().Be(leader.State);
        follower.Log.FirstIndex.Should().Be(new LogIndex(201));
        follower.Log.TermAt(new LogIndex(200)).Should().Be(KeyspaceMember.Term);
        follower.Directory.Checkpoints.Newest?.Configuration.Should()
            .Be(new GroupConfiguration(KeyspaceMember.Leader.Member, KeyspaceMember.Follower.Member));

        leader.RunTo(260);
        follower.RunTo(260);
        follower.State.Should().Be(leader.State);

        follower.Stop();
        disk.LosePower();
        follower.Start();
        follower.State.Should().Be(leader.State);
    }

    [Fact]
    public void A_capture_stays_as_it_was_however_the_member_goes_on()
    {
        var leader = Started(KeyspaceMember.Leader, 120);
        var before = leader.State;
        using var capture = leader.Capture();
        leader.RunTo(150);
        using var reader = capture.Open();
        var start = new byte[5000];
        reader.Read(start);

        for (var until = 200; until <= 700; until += 50)
        {
            leader.RunTo(until);
            GC.Collect();
        }

        var bytes = KeyspaceMember.BytesOf(capture);
        var rest = new byte[bytes.Length];
        var count = reader.Read(rest);
        bytes.AsSpan(0, 5000).SequenceEqual(start).Should().BeTrue();
        bytes.AsSpan(5000).SequenceEqual(rest.AsSpan(0, count)).Should().BeTrue();
        var follower = Started(KeyspaceMember.Follower, 0);
        follower.Install(bytes);
        follower.State.Should().Be(before);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(90)]
    public void The_size_is_known_before_and_ends_as_etcds_tools_expect(int operations)
    {
        using var capture = Started(KeyspaceMember.Leader, operations).Capture();

        var bytes = KeyspaceMember.BytesOf(capture, pieceBytes: 1);

        bytes.LongLength.Should().Be(capture.LengthBytes);
        (bytes.Length % 512).Should().Be(32);
        bytes.AsSpan(bytes.Length - 32).SequenceEqual(SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32))).Should().BeTrue();
        KeyspaceMember.BytesOf(capture, pieceBytes: 100_000).Should().Equal(bytes);
    }

    [Fact]
    public void A_change_larger_than_a_block_and_a_segment_comes_through()
    {
        var leader = Started(KeyspaceMember.Leader, 5);
        leader.Keyspace.Apply(new PutOperation("large"u8.ToArray(), new byte[300_000]));
        using var capture = leader.Capture();
        var follower = Started(KeyspaceMember.Follower, 0);

        follower.Install(KeyspaceMember.BytesOf(capture), pieceBytes: 32 * 1024);

        follower.State.Should().Be(leader.State);
    }

    [Fact]
    public void Views_of_before_can_be_read_on_after_an_installation()
    {
        var leader = Started(KeyspaceMember.Leader, 100);
        var follower = Started(KeyspaceMember.Follower, 80);
        var view = follower.Keyspace.View;
        var hash = view.HashKv(Revision.None).Value;
        using var capture = leader.Capture();

        follower.Install(KeyspaceMember.BytesOf(capture));
        follower.RunTo(150);

        view.HashKv(Revision.None).Value.Should().Be(hash);
    }

    [Fact]
    public void A_checkpoint_captured_before_an_installation_is_not_saved_after_it()
    {
        var follower = Started(KeyspaceMember.Follower, 15);
        using var capture = Started(KeyspaceMember.Leader, 100).Capture();
        var (checkpoint, segments) = (follower.Checkpoint, follower.Directory.Segments.Capture());
        follower.Install(KeyspaceMember.BytesOf(capture));

        follower.Directory.Checkpoints.Save(checkpoint, segments).Should().BeFalse();

        follower.Directory.Checkpoints.Newest?.Applied.Should().Be(new LogIndex(100));
    }

    [Fact]
    public void A_second_snapshot_takes_the_place_of_the_first()
    {
        var leader = Started(KeyspaceMember.Leader, 100);
        var disk = new SimulatedDisk(4);
        var follower = Started(KeyspaceMember.Follower, 0, disk);
        using (var first = leader.Capture())
        {
            follower.Install(KeyspaceMember.BytesOf(first));
        }

        leader.RunTo(170);
        using var second = leader.Capture();
        follower.Install(KeyspaceMember.BytesOf(second));
        follower.Stop();
        disk.LosePower();
        follower.Start();

        follower.State.Should().Be(leader.State);
        disk.List("sync/segments").Should().OnlyContain(name => !name.EndsWith(".tmp", StringComparison.Ordinal));
        disk.List("sync/checkpoints").Should().HaveCount(1);
    }

    [Fact]
    public void What_is_of_another_cluster_or_life_is_refused()
    {
        using var capture = Started(KeyspaceMember.Leader, 40).Capture();
        var bytes = KeyspaceMember.BytesOf(capture);
        var others = new[]
        {
            KeyspaceMember.Follower with { ClusterId = 7 },
            KeyspaceMember.Follower with { Incarnation = new Incarnation(2) },
        };

        foreach (var other in others)
        {
            var member = Started(other, 3);
            using var staging = member.Directory.Receive("of member a1");
            staging.Invoking(staging => KeyspaceMember.Accept(staging, bytes, 512)).Should().Throw<SnapshotException>()
                .Which.Fault.Should().Contain("cluster c1").And.Contain("member b2");
        }
    }

    [Fact]
    public void The_log_is_kept_for_followers_that_are_a_little_behind_and_for_those_that_go_on_after_a_snapshot()
    {
        var leader = Started(KeyspaceMember.Leader, 40);
        leader.SavesCheckpoints = false;
        leader.RunTo(100);
        leader.SaveCheckpoint();
        leader.RunTo(110);
        leader.SaveCheckpoint();

        leader.Directory.DropLog(catchUpEntries: 30, needed: new LogIndex(40));
        leader.Log.FirstIndex.Should().Be(new LogIndex(41), "a follower that was sent entry 40 goes on after it");
        leader.Directory.DropLog(catchUpEntries: 30, needed: null).Should().BeTrue();
        leader.Log.FirstIndex.Should().Be(new LogIndex(81));
        leader.Directory.DropLog(catchUpEntries: 30, needed: null).Should().BeFalse("nothing more can go");
        leader.Directory.DropLog(catchUpEntries: 0, needed: null).Should().BeTrue();
        leader.Log.FirstIndex.Should().Be(new LogIndex(101), "a start may have to go back to the checkpoint before");
    }

    [Fact]
    public void The_log_is_kept_for_nobody_beyond_its_bounds()
    {
        var settings = KeyspaceMember.Small with { LogBytesMax = 20_000, HeldLogBytesMax = 60_000 };
        var disk = new SimulatedDisk(1);
        var leader = Started(KeyspaceMember.Leader, 200, disk, settings);
        leader.SavesCheckpoints = false;
        leader.RunTo(600);
        leader.SaveCheckpoint();
        leader.SaveCheckpoint();

        leader.Directory.DropLog(catchUpEntries: 600, needed: leader.Log.FirstIndex);
        LogBytes().Should().BeInRange(12_000, 20_000, "what is needed is too much");
        leader.RunTo(660);
        leader.SaveCheckpoint();
        leader.SaveCheckpoint();
        LogBytes().Should().BeInRange(20_001, 60_000);
        var needed = leader.Log.FirstIndex.Previous;

        leader.Directory.DropLog(catchUpEntries: 600, needed).Should().BeFalse("a follower needs it");
        disk.FreeBytes = 1000;
        leader.Directory.DropLog(catchUpEntries: 600, needed).Should().BeTrue("the disk is full");
        LogBytes().Should().BeInRange(12_000, 20_000);

        long LogBytes() => leader.Log.BytesOf(LogIndex.None, leader.Log.LastIndex);
    }

    [Fact]
    public void A_snapshot_that_would_fill_the_disk_is_refused_before_any_of_it_is_written()
    {
        var leader = Started(KeyspaceMember.Leader, 100);
        using var capture = leader.Capture();
        var bytes = KeyspaceMember.BytesOf(capture);
        var disk = new SimulatedDisk(2);
        var follower = Started(KeyspaceMember.Follower, 12, disk);
        var state = follower.State;

        disk.FreeBytes = new DirectorySettings().FreeBytesMin + capture.Manifest.ChangeBytes - 1;
        using (var staging = follower.Directory.Receive("of the leader"))
        {
            staging.Invoking(staging => KeyspaceMember.Accept(staging, bytes, 1000)).Should().Throw<SnapshotException>()
                .Which.Fault.Should().Contain("no room");
            follower.FilesReceived.Should().BeEmpty();
        }

        follower.RunTo(15);
        follower.State.Should().NotBe(state, "the member goes on with its own state");
        disk.FreeBytes++;
        follower.Install(bytes);
        follower.State.Should().Be(leader.State);
    }

    private static KeyspaceMember Started(
        DirectoryIdentity identity, int operations, SimulatedDisk? disk = null, DirectorySettings? settings = null)
    {
        var member = new KeyspaceMember(disk ?? new SimulatedDisk(1), identity)
        {
            Settings = settings ?? KeyspaceMember.Small,
        };
        member.Start();
        member.RunTo(operations);
        return member;
    }
}
