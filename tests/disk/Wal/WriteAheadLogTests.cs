using Sync.Disk.Wal;
using Sync.Raft;
using Sync.Simulation;
using Sync.TestKit;

namespace Sync.Disk.Tests.Wal;

public sealed class WriteAheadLogTests
{
    [Fact]
    public void A_new_log_is_empty()
    {
        using var log = LogBench.Open(LogBench.DiskWithLog());

        log.First().FirstIndex.Should().Be(new LogIndex(1));
        log.First().LastIndex.Should().Be(LogIndex.None);
        log.First().TermAt(LogIndex.None).Should().Be(Term.None);
        log.First().HardState.Should().Be(HardState.Initial);
    }

    [Fact]
    public void What_is_synced_is_there_after_a_loss_of_power()
    {
        var disk = LogBench.DiskWithLog();
        var entries = LogBench.EntriesFrom(1, 50);
        var log = LogBench.Open(disk);
        var ticket = log.First().Append(entries, LogBench.State(1, 2, 3));
        log.Flush().Should().Be(ticket);

        disk.LosePower();
        using var reopened = LogBench.Open(disk);

        reopened.First().AllEntries().Should().Equal(entries);
        reopened.First().HardState.Should().Be(LogBench.State(1, 2, 3));
    }

    [Fact]
    public void Entries_are_durable_only_after_the_sync()
    {
        using var log = LogBench.Open(LogBench.DiskWithLog());
        log.First().Append(LogBench.EntriesFrom(1, 3), null);

        log.First().LastIndex.Should().Be(LogIndex.None);
        log.Write().Should().BeTrue();
        log.First().LastIndex.Should().Be(LogIndex.None);
        log.Sync();

        log.First().LastIndex.Should().Be(new LogIndex(3));
    }

    [Fact]
    public void Nothing_to_write_is_told_and_costs_no_call()
    {
        var disk = LogBench.DiskWithLog();
        using var log = LogBench.Open(disk);
        var calls = disk.Calls;

        log.Write().Should().BeFalse();

        disk.Calls.Should().Be(calls);
    }

    [Fact]
    public void A_batch_costs_one_write_and_one_sync()
    {
        var disk = LogBench.DiskWithLog();
        using var log = LogBench.Open(disk);
        var calls = new List<DiskOperation>();
        disk.FaultOf = call =>
        {
            calls.Add(call.Operation);
            return DiskFault.None;
        };

        log.First().Append(LogBench.EntriesFrom(1, 10), LogBench.State(1, 1, 0));
        log.First().Append(LogBench.EntriesFrom(11, 10), LogBench.State(1, 1, 5));
        log.Flush();

        calls.Should().Equal(DiskOperation.Write, DiskOperation.Sync);
    }

    [Fact]
    public void A_new_leaders_entries_replace_the_conflicting_end()
    {
        var disk = LogBench.DiskWithLog();
        var log = LogBench.Open(disk);
        log.First().Append(LogBench.EntriesFrom(1, 10), null);
        log.Flush();

        log.First().Append(LogBench.EntriesFrom(5, 2, term: 2), null);
        log.Flush();
        disk.LosePower();
        using var reopened = LogBench.Open(disk);

        reopened.First().AllEntries().Should()
            .Equal([.. LogBench.EntriesFrom(1, 4), .. LogBench.EntriesFrom(5, 2, term: 2)]);
    }

    [Fact]
    public void A_gap_is_a_bug_of_the_caller()
    {
        using var log = LogBench.Open(LogBench.DiskWithLog());

        var appending = () => log.First().Append(LogBench.EntriesFrom(2, 1), null);

        appending.Should().Throw<InvariantException>();
    }

    [Fact]
    public void Entries_that_left_memory_are_read_back_from_the_disk()
    {
        using var log = LogBench.Open(LogBench.DiskWithLog(), LogBench.Small with { RecentBytesMax = 0 });
        var entries = LogBench.EntriesFrom(1, 200, payloadBytes: 300);
        foreach (var entry in entries)
        {
            log.First().Append([entry], null);
            log.Flush();
        }

        log.SegmentCount.Should().BeGreaterThan(3);
        log.First().AllEntries().Should().Equal(entries);
        log.First().TermAt(new LogIndex(7)).Should().Be(new Term(1));
        log.First().Read(new LogIndex(3), new LogIndex(9), 900).ToArray().Should().Equal(entries[2..5]);
        log.First().Read(new LogIndex(3), new LogIndex(9), 0).ToArray().Should().Equal(entries[2..3]);
    }

    [Fact]
    public void A_damaged_entry_is_not_read_back()
    {
        var disk = LogBench.DiskWithLog();
        using var log = LogBench.Open(disk, LogBench.Small with { RecentBytesMax = 0 });
        log.First().Append(LogBench.EntriesFrom(1, 3), null);
        log.Flush();
        log.First().Append(LogBench.EntriesFrom(4, 1), null);
        var content = disk.ContentOf(LogBench.SegmentName(1));
        disk.Flip(LogBench.SegmentName(1), content.AsSpan().IndexOf("2@1"u8), 0);

        var reading = () => log.First().AllEntries();

        reading.Should().Throw<DamageException>().Which.Fault.Should().Contain("entry 2");
    }

    [Fact]
    public void Dropped_entries_free_their_segments_and_the_rest_stays()
    {
        var disk = LogBench.DiskWithLog();
        var entries = LogBench.EntriesFrom(1, 300, payloadBytes: 300);
        var log = LogBench.Open(disk);
        foreach (var entry in entries)
        {
            log.First().Append([entry], LogBench.State(1, 1, entry.Index.Value));
            log.Flush();
            if (log.NeedsMaintenance)
            {
                log.Maintain();
            }
        }

        var before = log.SegmentCount;
        log.First().DropThrough(new LogIndex(290));
        log.NeedsMaintenance.Should().BeFalse("the mark is not durable yet");
        log.Flush();
        log.Maintain();

        before.Should().BeGreaterThan(5);
        log.SegmentCount.Should().BeLessThanOrEqualTo(2);
        disk.List(LogBench.Folder).Count.Should().BeLessThanOrEqualTo(4);
        disk.LosePower();
        using var reopened = LogBench.Open(disk);
        reopened.First().FirstIndex.Should().Be(new LogIndex(291));
        reopened.First().TermAt(new LogIndex(290)).Should().Be(new Term(1));
        reopened.First().AllEntries().Should().Equal(entries[290..]);
        reopened.First().HardState.Should().Be(LogBench.State(1, 1, 300));
    }

    [Fact]
    public void A_segment_is_used_again_and_its_old_records_never_come_back()
    {
        var disk = LogBench.DiskWithLog();
        var log = LogBench.Open(disk);
        for (ulong index = 1; index <= 500; index++)
        {
            log.First().Append([LogBench.EntryAt(index, payloadBytes: 200)], null);
            log.Flush();
            if (index % 40 == 0)
            {
                log.First().DropThrough(new LogIndex(index - 5));
                log.Flush();
            }

            log.Maintain();
        }

        disk.List(LogBench.Folder).Count.Should().BeLessThanOrEqualTo(4);
        disk.KillProcess();
        using var reopened = LogBench.Open(disk);
        reopened.First().AllEntries().Should().Equal(LogBench.EntriesFrom(476, 25, payloadBytes: 200));
    }

    [Fact]
    public void A_reset_lets_the_log_go_on_after_a_snapshot()
    {
        var disk = LogBench.DiskWithLog();
        var log = LogBench.Open(disk);
        log.First().Append(LogBench.EntriesFrom(1, 10), null);
        log.Flush();

        log.First().Reset(new LogIndex(500), new Term(7));
        log.First().Append(LogBench.EntriesFrom(501, 2, term: 7), LogBench.State(7, 1, 500));
        log.Flush();
        disk.LosePower();
        using var reopened = LogBench.Open(disk);

        reopened.First().TermAt(new LogIndex(500)).Should().Be(new Term(7));
        reopened.First().AllEntries().Should().Equal(LogBench.EntriesFrom(501, 2, term: 7));
    }

    [Fact]
    public void Groups_share_one_write_and_keep_apart()
    {
        var disk = LogBench.DiskWithLog();
        var (one, two) = (new GroupId(1), new GroupId(2));
        var log = LogBench.Open(disk, groups: [one, two]);
        log[one].Append(LogBench.EntriesFrom(1, 40, payloadBytes: 400), LogBench.State(1, 1, 40));
        log[two].Append(LogBench.EntriesFrom(1, 30, term: 3), LogBench.State(3, 2, 9));
        log.Flush();

        disk.LosePower();
        using (var reopened = LogBench.Open(disk, groups: [one, two]))
        {
            reopened[one].AllEntries().Should().Equal(LogBench.EntriesFrom(1, 40, payloadBytes: 400));
            reopened[two].AllEntries().Should().Equal(LogBench.EntriesFrom(1, 30, term: 3));
            reopened[two].HardState.Should().Be(LogBench.State(3, 2, 9));
        }

        var opening = () => LogBench.Open(disk, groups: one);
        opening.Should().Throw<DamageException>().Which.Fault.Should().Contain("group 2");
    }

    [Theory]
    [InlineData(DiskFault.InputOutput)]
    [InlineData(DiskFault.NoSpace)]
    public void After_a_failed_sync_nothing_works_any_more(DiskFault fault)
    {
        var disk = LogBench.DiskWithLog();
        var log = LogBench.Open(disk);
        log.First().Append(LogBench.EntriesFrom(1, 3), null);
        log.Write();
        disk.FaultOf = call => call.Operation == DiskOperation.Sync ? fault : DiskFault.None;

        log.Invoking(log => log.Sync()).Should().Throw<DiskFailureException>();
        disk.FaultOf = _ => DiskFault.None;

        log.Invoking(log => log.Sync()).Should().Throw<DiskFailureException>("a sync is never repeated");
        log.Invoking(log => log.Write()).Should().Throw<DiskFailureException>();
        log.Invoking(log => log.First().Append(LogBench.EntriesFrom(4, 1), null)).Should().Throw<DiskFailureException>();
        log.First().LastIndex.Should().Be(LogIndex.None);
    }

    [Fact]
    public void What_a_failed_sync_left_only_in_memory_of_the_system_is_written_again_by_the_next_start()
    {
        var disk = LogBench.DiskWithLog();
        var log = LogBench.Open(disk);
        log.First().Append(LogBench.EntriesFrom(1, 40), null);
        log.Write();
        disk.FaultOf = call => call.Operation == DiskOperation.Sync ? DiskFault.InputOutput : DiskFault.None;
        log.Invoking(log => log.Sync()).Should().Throw<DiskFailureException>();
        disk.FaultOf = _ => DiskFault.None;
        disk.KillProcess();

        var restarted = LogBench.Open(disk);
        var believed = restarted.First().AllEntries();
        disk.LosePower();
        using var again = LogBench.Open(disk);

        believed.Should().HaveCount(40);
        again.First().AllEntries().Should().Equal(believed, "the member acted on them");
    }

    [Fact]
    public void A_batch_allocates_nothing_but_the_places_of_its_entries()
    {
        using var disk = new NullDisk();
        WriteAheadLog.Create(disk, LogBench.Folder, LogBench.Directory, new LogSettings());
        using var log = LogBench.Open(disk, new LogSettings { RecentBytesMax = 100_000 });
        var batches = Enumerable.Range(0, 80).Select(batch =>
            LogBench.EntriesFrom((ulong)(batch * 100) + 1, 100, payloadBytes: 300)).ToArray();
        Write(first: 0, last: 50);

        var allocated = Allocated.ByLeastOf(3, run => Write(50 + (run * 10), 60 + (run * 10)));

        allocated.Should().BeLessThan(1000, "a thousand entries were appended");

        void Write(int first, int last)
        {
            foreach (var batch in batches.AsSpan(first..last))
            {
                log.First().Append(batch, null);
                log.Flush();
            }
        }
    }
}
