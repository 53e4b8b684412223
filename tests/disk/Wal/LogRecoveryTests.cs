using CsCheck;
using Sync.Disk.Wal;
using Sync.Raft;
using Sync.Raft.Log;
using Sync.Simulation;

namespace Sync.Disk.Tests.Wal;

public sealed class LogRecoveryTests
{
    [Fact]
    public void A_batch_that_was_written_up_to_any_byte_leaves_its_whole_records_and_nothing_else()
    {
        var (before, durable) = LogWithDurableEntries();
        var log = LogBench.Open(before);
        var start = LastUsedByte(before);
        log.First().Append(LogBench.EntriesFrom(6, 4, payloadBytes: 90), LogBench.State(1, 1, 7));
        log.Write();
        var end = LastUsedByte(before);
        var counts = new List<int>();

        for (var kept = start; kept <= end; kept++)
        {
            var disk = before.Copy(1);
            ZeroFrom(disk, kept);
            using var torn = LogBench.Open(disk);
            var entries = torn.First().AllEntries();
            entries.Take(5).Should().Equal(durable);
            entries.Skip(5).Should().Equal(LogBench.EntriesFrom(6, entries.Length - 5, payloadBytes: 90));
            counts.Add(entries.Length);
        }

        counts.Should().BeInAscendingOrder();
        (counts[0], counts[^1]).Should().Be((5, 9));
    }

    [Fact]
    public void A_record_that_was_durable_and_is_damaged_is_refused_with_file_offset_and_remedy()
    {
        var (disk, _) = LogWithDurableEntries();
        var log = LogBench.Open(disk);
        log.First().Append(LogBench.EntriesFrom(6, 1), null);
        log.Flush();
        log.First().Append(LogBench.EntriesFrom(7, 1), null);
        log.Flush();
        var offset = disk.ContentOf(LogBench.SegmentName(1)).AsSpan().IndexOf("6@1"u8);
        disk.KillProcess();
        disk.Flip(LogBench.SegmentName(1), offset, 3);

        var damage = FluentActions.Invoking(() => LogBench.Open(disk)).Should().Throw<DamageException>().Which;

        damage.File.Should().EndWith(LogBench.SegmentName(1));
        damage.Offset.Should().BeInRange(offset - 100, offset);
        damage.Fault.Should().Contain("written after it was durable");
        damage.Remedy.Should().Contain("Nothing was changed");
    }

    [Fact]
    public void The_last_batch_is_told_from_an_unfinished_one_by_the_mark_behind_it()
    {
        var (disk, _) = LogWithDurableEntries();
        var log = LogBench.Open(disk);
        log.First().Append(LogBench.EntriesFrom(6, 1), null);
        log.Flush();
        log.Mark();
        var offset = disk.ContentOf(LogBench.SegmentName(1)).AsSpan().IndexOf("6@1"u8);
        disk.KillProcess();
        disk.Flip(LogBench.SegmentName(1), offset, 3);

        FluentActions.Invoking(() => LogBench.Open(disk)).Should().Throw<DamageException>();
    }

    [Fact]
    public void A_newer_format_is_refused_by_name()
    {
        var disk = LogBench.DiskWithLog();
        var content = disk.ContentOf(LogBench.SegmentName(1)).AsSpan(0, 36).ToArray();
        content[8] = 2;
        BitConverter.TryWriteBytes(content.AsSpan(32), Crc32C.Of(content.AsSpan(0, 32)));
        using (var file = disk.Open(LogBench.SegmentName(1)))
        {
            file.Write(content, 0);
        }

        FluentActions.Invoking(() => LogBench.Open(disk))
            .Should().Throw<DataDirectoryException>().Which.Reason.Should().Contain("format 2");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_missing_segment_is_refused(int missing)
    {
        var disk = LogBench.DiskWithLog();
        using (var log = LogBench.Open(disk))
        {
            foreach (var entry in LogBench.EntriesFrom(1, 150, payloadBytes: 300))
            {
                log.First().Append([entry], null);
                log.Flush();
            }
        }

        disk.Delete(LogBench.SegmentName(missing));

        FluentActions.Invoking(() => LogBench.Open(disk))
            .Should().Throw<DamageException>().Which.Fault.Should().Contain("missing");
    }

    [Fact]
    public void The_log_after_any_appends_truncations_drops_and_crashes_equals_a_plain_list()
    {
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 12], Gen.Int[0, 700]).Array[1, 60].Sample(
            steps =>
            {
                var disk = LogBench.DiskWithLog();
                var log = LogBench.Open(disk);
                var model = new ListModel();
                foreach (var (kind, count, size) in steps)
                {
                    model.Step(log.First(), kind, count, size);
                    log.Flush();
                    log.Maintain();
                    if (kind == 9)
                    {
                        disk.LosePower();
                        log = LogBench.Open(disk);
                    }

                    model.Verify(log.First());
                }
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Any_record_is_read_back_as_it_was_and_no_changed_one_passes()
    {
        Gen.Select(Gen.Byte.Array[0, 300], Gen.UInt, Gen.UInt, Gen.Int[0, 10_000]).Sample(
            (payload, seed, previous, flip) =>
            {
                var record = new byte[LogRecord.SizeOf(payload.Length)];
                payload.CopyTo(record, LogRecord.HeaderBytes);
                var written = new LogRecord(0, payload.Length, previous, 4096, LogRecordKind.Entry, 1, 1);
                var checksum = LogRecord.Seal(record, written, seed);

                LogRecord.TryReadHeader(record, 5000, 100_000, out var read).Should().BeTrue();
                read.Should().Be(written with { Checksum = checksum });
                LogRecord.IsSound(record, read, seed).Should().BeTrue();
                LogRecord.IsSound(record, read, seed + 1).Should().BeFalse();
                record[flip % record.Length] ^= (byte)(1 << (flip % 8));
                (LogRecord.TryReadHeader(record, 5000, 100_000, out var flipped)
                    && LogRecord.IsSound(record, flipped, seed)).Should().BeFalse();
            },
            iter: 10_000);
    }

    [Fact]
    public void Any_bytes_as_a_segment_are_refused_or_read_and_never_throw_otherwise()
    {
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[0, 5000]).Sample(
            (bytes, offset) =>
            {
                var disk = LogBench.DiskWithLog();
                using (var file = disk.Open(LogBench.SegmentName(1)))
                {
                    file.Write(bytes, offset);
                }

                try
                {
                    LogBench.Open(disk).Dispose();
                }
                catch (Exception refusal) when (refusal is DamageException or DataDirectoryException)
                {
                    // As it should be.
                }
            },
            iter: 300);
    }

    private static (SimulatedDisk Disk, Entry[] Entries) LogWithDurableEntries()
    {
        var disk = LogBench.DiskWithLog();
        var entries = LogBench.EntriesFrom(1, 5);
        using var log = LogBench.Open(disk);
        log.First().Append(entries, LogBench.State(1, 1, 3));
        log.Flush();
        return (disk, entries);
    }

    private static int LastUsedByte(SimulatedDisk disk) =>
        disk.ContentOf(LogBench.SegmentName(1)).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static void ZeroFrom(SimulatedDisk disk, int offset)
    {
        using var file = disk.Open(LogBench.SegmentName(1));
        file.Write(new byte[LogBench.Small.SegmentBytes - offset], offset);
        file.Sync();
    }

    /// <summary>A group's log as a list.</summary>
    private sealed class ListModel
    {
        private readonly List<Entry> _entries = [];
        private HardState _state = HardState.Initial;
        private ulong _dropped;
        private ulong _term = 1;

        private ulong Last => _dropped + (ulong)_entries.Count;

        internal void Step(GroupLog log, int kind, int count, int size)
        {
            switch (kind)
            {
                case 0 when _entries.Count > 0:
                    var kept = _entries.Count - Math.Min(count, _entries.Count);
                    _term++;
                    _entries.RemoveRange(kept, _entries.Count - kept);
                    Append(log, 1, size);
                    break;
                case 1 when _entries.Count > 0:
                    var dropped = Math.Min(count, _entries.Count);
                    log.DropThrough(_entries[dropped - 1].Index);
                    _dropped += (ulong)dropped;
                    _entries.RemoveRange(0, dropped);
                    break;
                case 2 when count > 10:
                    _dropped = Last + (ulong)size;
                    _entries.Clear();
                    log.Reset(new LogIndex(_dropped), new Term(_term));
                    break;
                default:
                    Append(log, count, size);
                    break;
            }
        }

        internal void Verify(GroupLog log)
        {
            log.FirstIndex.Value.Should().Be(_dropped + 1);
            log.LastIndex.Value.Should().Be(Last);
            log.AllEntries().Should().Equal(_entries);
            log.HardState.Should().Be(_state);
        }

        private void Append(GroupLog log, int count, int size)
        {
            var entries = LogBench.EntriesFrom(Last + 1, count, _term, size);
            _entries.AddRange(entries);
            _state = LogBench.State(_term, 1, _dropped);
            log.Append(entries, _state);
        }
    }
}
