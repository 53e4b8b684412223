using System.Text;
using Sync.Disk.Snapshots;
using Sync.Mvcc;
using Sync.Mvcc.Keys;
using Sync.Posix;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Simulation;
using Sync.TestKit;

namespace Sync.Disk.Tests.Snapshots;

public sealed class SnapshotRestoreTests
{
    private static readonly SnapshotRestore Plan = new()
    {
        ClusterId = 0xc2,
        Member = new MemberId(0xd4),
        Configuration = new GroupConfiguration(new MemberId(0xd4)),
        Membership = Encoding.ASCII.GetBytes("new members"),
    };

    [Fact]
    public void A_saved_snapshot_becomes_a_member_of_a_new_cluster_on_a_real_disk()
    {
        using var folder = new TempDirectory();
        var (leader, bytes) = LeaderAndSnapshot(operations: 150);
        var disk = PosixDisk.Prepare(folder.At("data"));

        var manifest = DataDirectory.Restore(disk, Plan, "file", Feed(bytes), KeyspaceMember.Small);

        manifest.ClusterId.Should().Be(KeyspaceMember.Leader.ClusterId);
        var identity = IdentityOn(disk);
        identity.Should().BeEquivalentTo(new { Plan.ClusterId, Plan.Member, Group = GroupId.First });
        identity.Incarnation.Should().NotBe(KeyspaceMember.Leader.Incarnation);
        var member = Started(disk, IdentityOn(disk));
        member.Directory.IsNew.Should().BeFalse();
        member.State.Should().Be(WithWholeLeases(leader.State));
        var checkpoint = member.Directory.Checkpoints.Newest!;
        checkpoint.Configuration.Should().Be(Plan.Configuration);
        checkpoint.Membership.ToArray().Should().Equal(Plan.Membership.ToArray());
        member.Log.HardState.Should().Be(new HardState(KeyspaceMember.Term, MemberId.None, new LogIndex(150)));
        member.Log.FirstIndex.Should().Be(new LogIndex(151));
        member.RunTo(200);
        member.Stop();
        Modes(folder.At("data")).Should().OnlyContain(mode => mode == "700" || mode == "600");
    }

    [Fact]
    public void The_revision_can_be_raised_and_counts_as_compacted()
    {
        var (leader, bytes) = LeaderAndSnapshot(operations: 60);
        var disk = new SimulatedDisk(3);
        var plan = Plan with { RevisionBump = 1_000_000, MarksCompacted = true };

        DataDirectory.Restore(disk, plan, "file", Feed(bytes), KeyspaceMember.Small);

        var member = Started(disk, IdentityOn(disk));
        var raised = new Revision(leader.Keyspace.Revision.Value + 1_000_000);
        var view = member.Keyspace.View;
        view.Revision.Should().Be(raised);
        view.CompactedRevision.Should().Be(raised);
        view.ChangesSince(new Revision(raised.Value - 1), 1).Error.Should().Be(StoreError.Compacted);
        var all = new RangeQuery(KeyRange.All);
        view.Range(all).Value.Pairs.Should().Equal(leader.Keyspace.View.Range(all).Value.Pairs);
        member.RunTo(100);
        member.Keyspace.View.Revision.Should().BeGreaterThan(raised);
        member.Stop();
        disk.LosePower();
        Started(disk, IdentityOn(disk)).Keyspace.View.Range(all).Value.Pairs.Should().NotBeEmpty();
    }

    [Fact]
    public void A_wrong_digest_is_refused_unless_it_is_to_be_skipped_and_then_the_directory_is_free()
    {
        var (_, bytes) = LeaderAndSnapshot(operations: 60);
        bytes[^1] ^= 1;
        var disk = new SimulatedDisk(3);

        FluentActions.Invoking(() => DataDirectory.Restore(disk, Plan, "file", Feed(bytes), KeyspaceMember.Small))
            .Should().Throw<SnapshotException>().Which.Fault.Should().Contain("digest");
        var lenient = Plan with { SkipsDigest = true };
        DataDirectory.Restore(disk, lenient, "file", Feed(bytes), KeyspaceMember.Small);

        Started(disk, IdentityOn(disk)).Applied.Should().Be(60);
        DataDirectory.Restore(new SimulatedDisk(5), lenient, "file", Feed(bytes[..^32]), KeyspaceMember.Small)
            .State.Applied.Should().Be(new LogIndex(60));
    }

    [Fact]
    public void A_directory_that_holds_data_is_refused_and_stays_as_it_is()
    {
        var (_, bytes) = LeaderAndSnapshot(operations: 60);
        var disk = new SimulatedDisk(3);
        var member = Started(disk, KeyspaceMember.Follower);
        member.RunTo(10);
        var before = member.State;
        member.Stop();

        FluentActions.Invoking(() => DataDirectory.Restore(disk, Plan, "file", Feed(bytes), KeyspaceMember.Small))
            .Should().Throw<DataDirectoryException>().Which.Reason.Should().Contain("holds data already");

        var again = new KeyspaceMember(disk, KeyspaceMember.Follower) { Acknowledged = 10 };
        again.Start();
        again.State.Should().Be(before);
    }

    [Fact]
    public void A_restored_directory_without_its_identity_is_refused_and_keeps_its_data()
    {
        var (_, bytes) = LeaderAndSnapshot(operations: 60);
        var disk = new SimulatedDisk(3);
        DataDirectory.Restore(disk, Plan, "file", Feed(bytes), KeyspaceMember.Small);
        var identity = IdentityOn(disk);
        disk.Rename("sync/identity", "sync/identity.away");

        FluentActions.Invoking(() => Started(disk, identity with { Incarnation = Incarnation.First }))
            .Should().Throw<DataDirectoryException>().Which.Reason.Should().Contain("missing");

        disk.Rename("sync/identity.away", "sync/identity");
        Started(disk, identity).Applied.Should().Be(60);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_of_power_at_any_call_of_a_restore_leaves_a_whole_member_or_none(bool hasLogApart)
    {
        var (leader, bytes) = LeaderAndSnapshot(operations: 60);
        var whole = 0;
        var fatal = 0L;
        for (var hasEnded = false; !hasEnded;)
        {
            fatal++;
            var disk = new SimulatedDisk((int)fatal) { FaultOf = call => call.Number == fatal ? DiskFault.PowerLoss : DiskFault.None };
            try
            {
                DataDirectory.Restore(Folders(disk, hasLogApart), Plan, "file", Feed(bytes), KeyspaceMember.Small);
                hasEnded = true;
            }
            catch (PowerLossException)
            {
                // What follows is the subject.
            }

            disk.FaultOf = _ => DiskFault.None;
            disk.LosePower();
            if (DataDirectory.FindIdentity(disk) is not null)
            {
                whole++;
                Started(Folders(disk, hasLogApart), IdentityOn(disk)).State.Should().Be(
                    WithWholeLeases(leader.State), $"the power went in call {fatal}");
            }
            else
            {
                hasEnded.Should().BeFalse("a restore that has returned is durable once the member has started");
            }
        }

        whole.Should().BeGreaterThan(1);
        fatal.Should().BeGreaterThan(50);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_loss_of_power_at_any_call_of_a_new_life_leaves_the_old_one_or_the_new_one(bool hasLogApart)
    {
        var prepared = new SimulatedDisk(1);
        var before = Started(Folders(prepared, hasLogApart), KeyspaceMember.Leader);
        before.RunTo(60);
        var state = before.State;
        before.Stop();
        var plan = Plan with { ClusterId = 0xc1, Member = new MemberId(0xa1), RestartsLeases = false };
        var lives = new HashSet<DirectoryIdentity>();
        for (long fatal = 1, done = 0; done == 0; fatal++)
        {
            var disk = prepared.Copy((int)fatal);
            var member = new KeyspaceMember(Folders(disk, hasLogApart), KeyspaceMember.Leader) { Acknowledged = 60 };
            member.Start();
            var calls = disk.Calls;
            disk.FaultOf = call => call.Number == calls + fatal ? DiskFault.PowerLoss : DiskFault.None;
            try
            {
                using var capture = member.Capture();
                member.Directory.BeginNewLife(capture, plan).Should().Be(IdentityOn(disk));
                done = fatal;
            }
            catch (PowerLossException)
            {
                // What follows is the subject.
            }

            disk.FaultOf = _ => DiskFault.None;
            disk.LosePower();
            var identity = IdentityOn(disk);
            lives.Add(identity);
            var after = new KeyspaceMember(Folders(disk, hasLogApart), identity) { Acknowledged = 60 };
            after.Start();
            after.State.Should().Be(state, $"the power went in call {fatal}");
            after.RunTo(75);
            after.Stop();
            (Folders(disk, hasLogApart).List("sync/wal").Count == 0).Should().Be(
                identity != KeyspaceMember.Leader, "the life that is over is removed");
        }

        lives.Should().HaveCount(2).And.Contain(KeyspaceMember.Leader);
    }

    [Fact]
    public void Members_of_one_snapshot_begin_one_life_and_those_of_another_or_with_other_settings_another()
    {
        var (_, bytes) = LeaderAndSnapshot(operations: 60);
        var (_, later) = LeaderAndSnapshot(operations: 61);

        var life = LifeOf(Plan, bytes);
        LifeOf(Plan with { Member = new MemberId(0xd5) }, bytes).Should().Be(life);
        LifeOf(Plan, later).Should().NotBe(life);
        LifeOf(Plan with { RevisionBump = 1, MarksCompacted = true }, bytes).Should().NotBe(life);
    }

    private static Incarnation LifeOf(SnapshotRestore plan, byte[] bytes)
    {
        var disk = new SimulatedDisk(1);
        DataDirectory.Restore(disk, plan, "file", Feed(bytes), KeyspaceMember.Small);
        return IdentityOn(disk).Incarnation;
    }

    private static IDisk Folders(SimulatedDisk disk, bool hasLogApart) => hasLogApart ? DiskPair.Of(disk, disk) : disk;

    private static DirectoryIdentity IdentityOn(IDisk disk) => DataDirectory.FindIdentity(disk)!;

    private static (KeyspaceMember Leader, byte[] Bytes) LeaderAndSnapshot(int operations)
    {
        var leader = Started(new SimulatedDisk(1), KeyspaceMember.Leader);
        leader.RunTo(operations);
        using var capture = leader.Capture();
        return (leader, KeyspaceMember.BytesOf(capture));
    }

    private static KeyspaceMember Started(IDisk disk, DirectoryIdentity identity)
    {
        var member = new KeyspaceMember(disk, identity);
        member.Start();
        member.Acknowledged = member.Applied;
        return member;
    }

    private static SnapshotBytes Feed(byte[] bytes) => new MemoryStream(bytes).Read;

    private static string WithWholeLeases(string state) => state.Replace("/30", "/0", StringComparison.Ordinal);

    private static IEnumerable<string> Modes(string folder) =>
        Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Append(folder)
            .Select(path => Convert.ToString((int)(FileStatus.Of(path)?.Mode ?? 0), 8));
}
