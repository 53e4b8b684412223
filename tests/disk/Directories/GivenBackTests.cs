using Sync.Disk.Tests.Snapshots;
using Sync.Mvcc;
using Sync.Mvcc.Commands;
using Sync.Raft;
using Sync.Simulation;

namespace Sync.Disk.Tests.Directories;

/// <summary>What is compacted away is given back to the disk, however little is written after it.</summary>
public sealed class GivenBackTests
{
    private const int Keys = 100;
    private const int ValueBytes = 1000;

    private readonly SimulatedDisk _disk = new(1);

    [Fact]
    public void A_member_that_was_compacted_and_is_quiet_gives_back_all_but_a_bounded_rest()
    {
        var member = Filled(versions: 8);
        var before = FileBytes;

        Compact(member);
        Settle(member);

        FileBytes.Should().BeLessThan(before / 4);
        member.Directory.Segments.WaitingBytes.Should().BeLessThanOrEqualTo(
            member.Settings.Segments.WaitingBytesMax);
    }

    [Fact]
    public void Copies_never_take_much_more_than_the_bound_before_what_they_replace_is_gone()
    {
        var member = Filled(versions: 1);
        OverwriteOneIn(member, 2);
        var before = FileBytes;
        var (segments, sizes) = (member.Directory.Segments, member.Settings.Segments);

        Compact(member);
        for (var step = 0; step < 1000; step++)
        {
            segments.RewriteStep(300, member.Keyspace.Relocate);
        }

        segments.NeedsCheckpoint.Should().BeTrue();
        FileBytes.Should().BeInRange(before + 1, before + sizes.WaitingBytesMax + (2 * sizes.SegmentBytes));
        Settle(member);
        FileBytes.Should().BeLessThan(before * 9 / 10);
    }

    [Fact]
    public void Defragmenting_gives_back_everything_that_is_dead()
    {
        var member = Filled(versions: 1);
        var segments = member.Directory.Segments;

        // About one change in each segment dies, which is not worth a rewrite by itself.
        OverwriteOneIn(member, 4);
        Compact(member);
        Settle(member);
        segments.DeadBytes.Should().BePositive();

        segments.Defragment();
        segments.IsGivingBack.Should().BeTrue();
        Settle(member);

        segments.IsGivingBack.Should().BeFalse();
        segments.DeadBytes.Should().Be(0);
        segments.WaitingBytes.Should().Be(0);
        FileBytes.Should().BeLessThan(segments.TotalBytes + (_disk.List("sync/segments").Count * 100));
    }

    [Fact]
    public void No_rewrite_begins_that_the_disk_has_no_room_for()
    {
        var member = Filled(versions: 8);
        var before = FileBytes;
        _disk.FreeBytes = member.Settings.Segments.FreeBytesMin;

        Compact(member);
        member.Directory.Segments.Defragment();
        Settle(member);
        FileBytes.Should().Be(before);
        member.Directory.Segments.IsGivingBack.Should().BeFalse("nothing can be done for it now");

        _disk.FreeBytes += 2 * member.Settings.Segments.SegmentBytes;
        Settle(member);
        FileBytes.Should().BeLessThan(before / 4);
    }

    [Fact]
    public void A_checkpoint_is_needed_when_the_log_is_long_in_bytes_however_few_entries_it_has()
    {
        var settings = KeyspaceMember.Small with { LogBytesMax = 10_000 };
        var member = new KeyspaceMember(_disk, KeyspaceMember.Leader) { Settings = settings, SavesCheckpoints = false };
        member.Start();

        var operations = 0;
        while (operations < 500 && !member.Directory.NeedsCheckpoint(KeyspaceMember.At(operations)))
        {
            member.RunTo(++operations);
        }

        member.Log.BytesOf(LogIndex.None, member.Log.LastIndex).Should().BeInRange(10_001, 20_000);
        member.Stop();
        member.Start();
        member.Directory.NeedsCheckpoint(KeyspaceMember.At(operations)).Should().BeTrue("a start does not forget it");
        member.SaveCheckpoint();
        member.Directory.NeedsCheckpoint(KeyspaceMember.At(operations)).Should().BeFalse();
    }

    // The sizes of the value segments' files.
    private long FileBytes => _disk.List("sync/segments")
        .Where(name => name.EndsWith(".values", StringComparison.Ordinal))
        .Sum(name => _disk.ContentOf($"sync/segments/{name}").LongLength);

    private static void Put(KeyspaceMember member, int key, int version) => member.Keyspace.Apply(new PutOperation(
        BitConverter.GetBytes(key), Enumerable.Repeat((byte)version, ValueBytes).ToArray()));

    private static void Compact(KeyspaceMember member)
    {
        member.Keyspace.Apply(new CompactCommand(member.Keyspace.Revision));
        while (member.Keyspace.CompactStep(100, Revision.Last))
        {
            // Until all is removed.
        }

        member.Directory.Segments.Published(member.Keyspace.Publish());
    }

    // What a member does while nobody asks anything of it.
    private static void Settle(KeyspaceMember member)
    {
        bool isDone;
        do
        {
            isDone = !member.Directory.Segments.RewriteStep(500, member.Keyspace.Relocate);
            if (member.Directory.NeedsCheckpoint(KeyspaceMember.At(member.Applied)))
            {
                member.SaveCheckpoint().Should().BeTrue();
                isDone = false;
            }
        }
        while (!isDone);
    }

    private static void OverwriteOneIn(KeyspaceMember member, int keys)
    {
        for (var key = 0; key < Keys; key += keys)
        {
            Put(member, key, version: 9);
        }
    }

    private KeyspaceMember Filled(int versions)
    {
        var member = new KeyspaceMember(_disk, KeyspaceMember.Leader)
        {
            Settings = KeyspaceMember.Small with
            {
                Segments = KeyspaceMember.Small.Segments with { WaitingBytesMax = 10_000 },
            },
        };
        member.Start();
        for (var change = 0; change < versions * Keys; change++)
        {
            Put(member, change % Keys, version: 1);
        }

        return member;
    }
}
