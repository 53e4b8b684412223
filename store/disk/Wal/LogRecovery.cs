namespace Sync.Disk.Wal;

/// <summary>
/// Reads a log at start: every segment from its first record to its last. What cannot be the outcome of a crash is
/// damage and refused; what can be, an unfinished last batch, is left out.
/// </summary>
/// <remarks>
/// Why that is provable: a batch is written only after the one before is durable, and each record says where its
/// batch begins. So when a record fails its check and a later one is whole that belongs to a later batch, the failing
/// one had been durable, which makes it damage. A segment is written only after the end of the one before is
/// durable, so the same holds from segment to segment.
/// </remarks>
internal sealed class LogRecovery
{
    private const string Missing = "Put the missing file back, or restore this member from a backup.";

    private readonly LogFolder _folder;
    private readonly ulong _directory;
    private readonly List<LogSegment> _segments = [];
    private readonly LogReplay _replay;

    private LogRecovery(LogFolder folder, ulong directory, LogReplay replay)
    {
        _folder = folder;
        _directory = directory;
        _replay = replay;
    }

    /// <summary>Reads the log.</summary>
    /// <param name="folder">The log's folder.</param>
    /// <param name="directory">The data directory's number, see <see cref="DirectoryIdentity.Number"/>.</param>
    /// <param name="groups">The groups that may be in it.</param>
    /// <param name="recentBytesMax">How much of its entries a group keeps in memory.</param>
    /// <exception cref="DamageException">The log is damaged. Nothing was changed.</exception>
    internal static RecoveredLog Run(
        LogFolder folder, ulong directory, IReadOnlyList<RecoveredGroup> groups, long recentBytesMax)
    {
        var recovery = new LogRecovery(folder, directory, new LogReplay(groups, recentBytesMax));
        try
        {
            return recovery.Run(groups);
        }
        catch (IOException)
        {
            foreach (var segment in recovery._segments)
            {
                segment.File.Dispose();
            }

            throw;
        }
    }

    private RecoveredLog Run(IReadOnlyList<RecoveredGroup> groups)
    {
        _folder.Clean();
        _folder.Sync();
        OpenAll();

        // All but the last one or two segments are complete; the end is in the one that lacks an end record.
        var before = default(LogScan);
        var end = default(LogScan);
        var number = -1;
        do
        {
            before = end;
            end = Scan(++number, before.Previous);
        }
        while (end.IsEnded && number < _segments.Count - 1);

        if (end.IsEnded)
        {
            throw new DamageException(
                _folder.FullPathOf(_segments[^1].Sequence + 1), 0, "the last segment of the log is missing", Missing);
        }

        RequireNothingAfter(number, end);
        if (end.Records < 1 + (2 * groups.Count))
        {
            // Not even the records that begin a segment are complete: it begins anew, from what the one before says.
            if (number == 0 && _segments[0].Sequence > 1)
            {
                throw Damage(_segments[0], end.Offset, "what the log holds stood here, and older segments are gone");
            }

            end = LogScan.Beginning;
        }

        _replay.RequireComplete(_segments[number].File.Path, end.Offset);
        MakeDurable(number, before, end);
        return new RecoveredLog
        {
            Directory = _directory,
            SegmentBytes = _segments[number].Head.SegmentBytes,
            Segments = _segments[..(number + 1)],
            Prepared = number + 1 < _segments.Count ? _segments[number + 1] : null,
            Spares = KeepOneSpare(),
            End = new LogEnd(_segments[number].Sequence, end.Offset, end.Previous),
            PreviousEnd = before.Previous,
            Groups = groups,
        };
    }

    private void OpenAll()
    {
        var sequences = _folder.Sequences();
        if (sequences.Count == 0)
        {
            throw new DamageException(_folder.FullPath, 0, "the log has no segment", Missing);
        }

        foreach (var sequence in sequences)
        {
            var expected = sequences[0] + _segments.Count;
            if (sequence != expected)
            {
                throw new DamageException(
                    _folder.FullPathOf(expected), 0, "a segment of the log is missing", Missing);
            }

            _segments.Add(_folder.Open(sequence));
        }

        if (_segments.Find(segment => segment.Head.SegmentBytes != _segments[0].Head.SegmentBytes) is { } other)
        {
            throw new DamageException(
                other.File.Path, 12, "its segment size differs from the other segments'", DamageException.UsualRemedy);
        }
    }

    private LogScan Scan(int number, uint previousEnd)
    {
        var segment = _segments[number];
        var window = new ReadWindow(segment.File, segment.Head.SegmentBytes);
        var scan = LogScan.Beginning;
        while (!scan.IsEnded && LogScan.TryRead(window, segment.Seed, scan.Offset, out var record, out var payload)
            && record.Previous == scan.Previous)
        {
            var isFirst = scan.Offset == LogSegmentHead.SizeBytes;
            if (isFirst != (record.Kind == LogRecordKind.Start))
            {
                throw Damage(segment, scan.Offset, "a segment begins in an unexpected place");
            }

            var fault = isFirst
                ? LogReplay.FaultOfStart(payload.Span, segment.Sequence, number == 0 ? null : previousEnd)
                : _replay.Apply(record, payload, segment.Sequence, scan.Offset);
            if (fault is not null)
            {
                throw Damage(segment, scan.Offset, fault);
            }

            scan = new LogScan(
                scan.Offset + (uint)record.SizeBytes,
                record.Checksum,
                record.BatchStart,
                scan.Records + 1,
                record.Kind == LogRecordKind.End);
        }

        return scan;
    }

    private void RequireNothingAfter(int number, in LogScan end)
    {
        var segment = _segments[number];
        if (number + 2 < _segments.Count)
        {
            throw Damage(segment, end.Offset, $"the record fails its check, and {_segments.Count - number - 1} "
                + "segments follow, which were begun after it was durable");
        }

        if (number + 1 < _segments.Count && HasRecords(_segments[number + 1]))
        {
            throw Damage(segment, end.Offset,
                "the record fails its check, and the next segment was begun after it was durable");
        }

        if (OffsetOfLaterBatch(segment, end.Offset) is { } later)
        {
            throw Damage(segment, end.Offset,
                $"the record fails its check, and the one at byte {later} was written after it was durable");
        }
    }

    // A record may begin at every eighth byte. The kind is looked at first, for speed; the rest of the segment is
    // zeros, or records of an earlier use, whose checksums never hold.
    private static long? OffsetOfLaterBatch(LogSegment segment, uint end)
    {
        const int pieceBytes = 256 * 1024;
        var window = new ReadWindow(segment.File, segment.Head.SegmentBytes);
        for (long start = end; start < segment.Head.SegmentBytes; start += pieceBytes)
        {
            var piece = window.At(start, pieceBytes + LogRecord.HeaderBytes).ToArray();
            for (var offset = 0; offset < pieceBytes && offset + LogRecord.HeaderBytes <= piece.Length; offset += 8)
            {
                if (piece.AsSpan(offset).IndexOfAnyExcept((byte)0) is var zeros && (zeros < 0 || zeros > LogRecord.HeaderBytes))
                {
                    // No record is all zeros; the next one can begin no earlier than a header before what follows.
                    offset = zeros < 0 ? pieceBytes : (offset + zeros - LogRecord.HeaderBytes) & ~(LogRecord.Alignment - 1);
                    continue;
                }

                var bytes = piece.AsSpan(offset, LogRecord.HeaderBytes);
                if (LogRecord.TryReadHeader(bytes, start + offset, segment.Head.SegmentBytes, out var header)
                    && header.BatchStart > end
                    && LogScan.TryRead(window, segment.Seed, start + offset, out _, out _))
                {
                    return start + offset;
                }
            }
        }

        return null;
    }

    private static bool HasRecords(LogSegment segment) =>
        LogScan.TryRead(
            new ReadWindow(segment.File, segment.Head.SegmentBytes), segment.Seed, LogSegmentHead.SizeBytes, out _, out _);

    // What a killed process had written and not synced is readable and may still be lost; and after a failed sync the
    // system may take it for clean. So the last batch is written once more before anything is built on it.
    private void MakeDurable(int number, in LogScan before, in LogScan end)
    {
        var isEmpty = end.Offset == LogSegmentHead.SizeBytes && number > 0;
        var segment = isEmpty ? _segments[number - 1] : _segments[number];
        var last = isEmpty ? before : end;
        var batch = new byte[last.Offset - last.BatchStart];
        segment.File.Read(batch, last.BatchStart);
        segment.File.Write(batch, last.BatchStart);
        segment.File.Sync();
    }

    private List<long> KeepOneSpare()
    {
        var spares = _folder.Spares();
        foreach (var spare in spares.Skip(1))
        {
            _folder.DeleteSpare(spare);
        }

        return spares[..Math.Min(1, spares.Count)];
    }

    private static DamageException Damage(LogSegment segment, long offset, string fault) =>
        new(segment.File.Path, offset, fault, DamageException.UsualRemedy);
}

/// <summary>How far the sound records of a segment reach.</summary>
/// <param name="Offset">Where the next record would begin.</param>
/// <param name="Previous">The checksum of the last one; 0 when there is none.</param>
/// <param name="BatchStart">Where the last one's batch begins.</param>
/// <param name="Records">How many there are.</param>
/// <param name="IsEnded">Whether the last one is the segment's end.</param>
internal readonly record struct LogScan(uint Offset, uint Previous, uint BatchStart, int Records, bool IsEnded)
{
    /// <summary>A segment without records.</summary>
    internal static LogScan Beginning =>
        new(LogSegmentHead.SizeBytes, 0, LogSegmentHead.SizeBytes, Records: 0, IsEnded: false);

    /// <summary>Reads a record that may or may not stand at an offset.</summary>
    /// <returns>Whether a sound one does.</returns>
    internal static bool TryRead(
        ReadWindow window, uint seed, long offset, out LogRecord record, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (!LogRecord.TryReadHeader(window.At(offset, LogRecord.HeaderBytes), offset, window.LengthBytes, out record))
        {
            return false;
        }

        var whole = window.MemoryAt(offset, record.SizeBytes);
        payload = whole[LogRecord.HeaderBytes..].Slice(0, Math.Min(record.PayloadBytes, whole.Length - LogRecord.HeaderBytes));
        return LogRecord.IsSound(whole.Span, record, seed);
    }
}
