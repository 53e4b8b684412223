using System.Collections.Concurrent;
using Sync.Mvcc;
using Sync.Mvcc.Changes;
using Sync.Posix;

namespace Sync.Disk.Segments;

/// <summary>Tells the keyspace that a change lies elsewhere, as <see cref="Keyspace.Relocate"/> does.</summary>
/// <returns>False when the keyspace knows the change no more.</returns>
public delegate bool Relocation(ReadOnlySpan<byte> key, ChangeId change, ChangeLocation location);

/// <summary>The changes of one keyspace in append-only, checksummed segments.</summary>
/// <remarks>
/// <see cref="Read"/> is for any thread; everything else is for the writer thread of the keyspace, but where a
/// member says otherwise. Any failure of the disk is final: <see cref="DiskFailureException"/>.
/// </remarks>
public sealed class ChangeSegments : IChangeStore, IDisposable
{
    private readonly SegmentFolder _folder;
    private readonly SegmentOwner _owner;
    private readonly SegmentSettings _settings;
    private readonly FailStop _failStop;
    private readonly RetiredSegments _retired = new();
    private readonly ConcurrentQueue<ChangeSegment> _withoutSidecar = new();

    // Segments that no later checkpoint will name, with the sizes of their files; 0 when the file is gone. Shared with the
    // saving thread.
    private readonly ConcurrentDictionary<int, long> _unnamed = new();

    // Those that Defragment found, by number, until their files are gone.
    private readonly HashSet<int> _givingBack = [];

    // In order of revision; the last one takes appends unless it is sealed.
    private readonly List<ChangeSegment> _order = [];

    // Every open segment by number. Replaced whole, so that readers need no lock.
    private Dictionary<int, ChangeSegment> _open = [];
    private bool _isLastSealed = true;
    private SegmentRewrite? _rewrite;
    private long _waitingBytes;

    internal ChangeSegments(
        SegmentFolder folder, SegmentOwner owner, SegmentSettings settings, FailStop failStop)
    {
        _folder = folder;
        _owner = owner;
        _settings = settings;
        _failStop = failStop;
    }

    /// <summary>The size of all segments' changes in bytes, dead ones included.</summary>
    public long TotalBytes => _order.Sum(segment => segment.TotalBytes);

    /// <summary>How much of <see cref="TotalBytes"/> is released.</summary>
    public long DeadBytes => _order.Sum(segment => segment.DeadBytes);

    /// <summary>
    /// The size of files that are there only because one of the two kept checkpoints names them, in bytes. Any thread.
    /// </summary>
    public long WaitingBytes => Interlocked.Read(ref _waitingBytes);

    /// <summary>
    /// Whether two checkpoints are worth their work, however little came since the last one: many bytes wait for them, or
    /// the last ones of <see cref="Defragment"/> do.
    /// </summary>
    public bool NeedsCheckpoint =>
        WaitingBytes > (_givingBack.Count > 0 && _rewrite is null ? 0 : _settings.WaitingBytesMax);

    /// <summary>Whether something that <see cref="Defragment"/> found is still on the disk.</summary>
    public bool IsGivingBack => _givingBack.Count > 0;

    /// <summary>Whether readers of the newest view keep the files of rewritten segments open: a new view frees them.</summary>
    public bool NeedsView => _retired.NeedsView;

    /// <summary>Whether <see cref="WriteSidecars"/> has something to do. Any thread.</summary>
    public bool NeedsSidecars => !_withoutSidecar.IsEmpty;

    /// <inheritdoc/>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public ChangeLocation Append(in StoredChange change)
    {
        _failStop.Require();
        try
        {
            var segment = SegmentFor(ChangeRecord.SizeOf(change));
            var location = segment.Append(change);
            if (segment.UnwrittenBytes > _settings.UnwrittenBytesMax)
            {
                WriteOut();
            }

            return location;
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DamageException">The bytes are not what was written; the member must stop.</exception>
    /// <exception cref="DiskFailureException">They could not be read; the process must stop.</exception>
    public StoredChange Read(ChangeLocation location)
    {
        if (!Volatile.Read(ref _open).TryGetValue(location.Segment, out var segment)
            || location.Offset < SegmentHead.SizeBytes || location.Length < ChangeRecord.HeaderBytes)
        {
            throw Invariant.Broken($"{location} is a place that a living view knows");
        }

        try
        {
            return segment.Read(location);
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <inheritdoc/>
    public void Release(ChangeLocation location)
    {
        if (_open.TryGetValue(location.Segment, out var segment))
        {
            segment.DeadBytes += location.Length;
        }
    }

    /// <summary>Hands what was appended to the operating system, in big pieces and without a sync.</summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void WriteOut()
    {
        _failStop.Require();
        try
        {
            if (_order.Count > 0)
            {
                _order[^1].WriteOut();
                ForgetOldChunks();
            }
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>
    /// Notes that a view was published. A file that was rewritten stays readable until every view published before
    /// is gone (collected); so each view must be told, right after <see cref="Keyspace.Publish"/>.
    /// </summary>
    public void Published(object view)
    {
        _retired.Published(view);
        CloseUnused();
    }

    /// <summary>
    /// Begins to give back all that is dead, in segments that mostly live, too. <see cref="RewriteStep"/> and the checkpoints
    /// that <see cref="NeedsCheckpoint"/> asks for do it; until then <see cref="IsGivingBack"/>. What becomes dead later is
    /// not waited for.
    /// </summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void Defragment()
    {
        _failStop.Require();
        try
        {
            if (!_isLastSealed && _order[^1] is { TotalBytes: > 0 } last && last.DeadShare(isOldest: _order.Count == 1) > 0)
            {
                Seal();
            }

            _givingBack.UnionWith(_unnamed.Where(unnamed => unnamed.Value > 0).Select(unnamed => unnamed.Key));
            _givingBack.UnionWith(_order.Where(segment =>
                (segment != _order[^1] || _isLastSealed) && segment.DeadShare(isOldest: segment == _order[0]) > 0)
                .Select(segment => segment.Number));
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>Goes on copying what lives out of mostly dead segments.</summary>
    /// <param name="bytesMax">About how many bytes to look at in this step.</param>
    /// <param name="relocate">Tells the keyspace; the caller publishes a view some time later.</param>
    /// <returns>Whether there is more to do now.</returns>
    /// <exception cref="DamageException">A segment is damaged; the member must stop.</exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public bool RewriteStep(int bytesMax, Relocation relocate)
    {
        _failStop.Require();
        try
        {
            CloseUnused();
            _rewrite ??= NextRewrite();
            if (_rewrite is null)
            {
                return false;
            }

            var isDone = _rewrite.Step(bytesMax, relocate);
            _rewrite.Target?.WriteOut();
            if (isDone)
            {
                Finish(_rewrite);
                _rewrite = NextRewrite();
            }
            else
            {
                DropChunksOf(_rewrite.Target, isSealed: false);
            }

            return _rewrite is not null;
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>
    /// Writes out everything and says which segments, up to which lengths, hold the changes appended so far: for the
    /// next checkpoint, taken together with <see cref="Keyspace.Image"/>.
    /// </summary>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public SegmentsCapture Capture()
    {
        WriteOut();
        return new SegmentsCapture(this, _folder, _failStop, [.. _order]);
    }

    /// <summary>
    /// Writes the index of segments that were sealed since, so that the next start need not read their values. For
    /// one background thread at a time.
    /// </summary>
    /// <exception cref="DamageException">A segment is damaged; the member must stop.</exception>
    /// <exception cref="DiskFailureException">The process must stop.</exception>
    public void WriteSidecars()
    {
        _failStop.Require();
        try
        {
            while (_withoutSidecar.TryDequeue(out var segment))
            {
                // One that was rewritten meanwhile needs none.
                if (!segment.IsRewritten)
                {
                    _folder.WriteIndex(
                        segment.Number, SegmentSidecar.Make(_owner, segment, segment.Length).Span);
                }
            }
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    /// <summary>Closes the files. What was not written out is lost, as in a crash.</summary>
    public void Dispose()
    {
        foreach (var segment in _open.Values)
        {
            segment.File.Dispose();
        }
    }

    /// <summary>Opens the segments of a checkpoint and removes files that no checkpoint names.</summary>
    /// <param name="extents">The newest checkpoint's.</param>
    /// <param name="alsoKept">Segments whose files an older checkpoint needs.</param>
    /// <exception cref="DamageException">A segment is missing or damaged.</exception>
    internal void Open(IReadOnlyList<SegmentExtent> extents, IReadOnlyList<SegmentExtent> alsoKept)
    {
        _folder.Sync();
        foreach (var extent in extents)
        {
            _order.Add(Opened(extent));
        }

        _isLastSealed = _order.Count == 0 || _order[^1].Length >= _settings.SegmentBytes;
        _open = _order.ToDictionary(segment => segment.Number);
        foreach (var kept in alsoKept.Where(kept => !_open.ContainsKey(kept.Segment)))
        {
            AwaitCheckpoint(kept.Segment, kept.LengthBytes);
        }

        _folder.SkipNumbersInUse();
        _folder.Clean(_open.Keys.Concat(_unnamed.Keys).ToHashSet());
    }

    /// <summary>Opens the segments of a snapshot that was just installed. Other files stay as they are.</summary>
    internal void OpenInstalled(IReadOnlyList<SegmentExtent> extents)
    {
        foreach (var extent in extents)
        {
            _order.Add(Opened(extent));
        }

        _open = _order.ToDictionary(segment => segment.Number);
    }

    /// <summary>
    /// Removes all files, after a snapshot took the place of everything here. Views of before can be read on: the
    /// files are closed with their last reader.
    /// </summary>
    internal void RemoveFiles()
    {
        foreach (var number in _open.Keys.Concat(_unnamed.Keys).Distinct())
        {
            _folder.Delete(number);
        }
    }

    /// <summary>Every change of the segments as they were opened, in order, each one's headers from the index if possible.</summary>
    /// <exception cref="DamageException">A segment is damaged, or its changes are out of order.</exception>
    /// <exception cref="DiskFailureException">A segment could not be read.</exception>
    internal IEnumerable<(ChangeHeader Header, ChangeLocation Location)> Changes()
    {
        using var changes = ChangesInOrder().GetEnumerator();
        while (MoveNext(changes))
        {
            yield return changes.Current;
        }
    }

    /// <summary>Removes the files that no checkpoint names any more. The saving thread.</summary>
    /// <param name="named">What the kept checkpoints name.</param>
    internal void RemoveUnnamed(IReadOnlySet<int> named)
    {
        foreach (var (number, bytes) in _unnamed.Where(unnamed => unnamed.Value > 0 && !named.Contains(unnamed.Key)))
        {
            _folder.Delete(number);
            _unnamed[number] = 0;
            Interlocked.Add(ref _waitingBytes, -bytes);
        }
    }

    private ChangeSegment SegmentFor(int recordBytes)
    {
        if (_isLastSealed || (_order[^1].TotalBytes > 0 && _order[^1].Length + (long)recordBytes > _settings.SegmentBytes))
        {
            Seal();
            _order.Add(Begin());
            _isLastSealed = false;
        }

        return _order[^1];
    }

    private void Seal()
    {
        if (_isLastSealed)
        {
            return;
        }

        _order[^1].WriteOut();
        _withoutSidecar.Enqueue(_order[^1]);
        _isLastSealed = true;
        ForgetOldChunks();
    }

    private ChangeSegment Begin()
    {
        var number = _folder.NextNumber();
        var segment = new ChangeSegment(_owner, number, _folder.Create(number), 0, _settings.SegmentBytes);
        Volatile.Write(ref _open, new Dictionary<int, ChangeSegment>(_open) { [number] = segment });
        return segment;
    }

    // The oldest chunks go first; those of a rewrite's target went when they were written.
    private void ForgetOldChunks()
    {
        var bytes = 0L;
        for (var number = _order.Count - 1; number >= 0; number--)
        {
            var segment = _order[number];
            var memoryBytes = segment.MemoryBytes;
            if (memoryBytes == 0)
            {
                return;
            }

            bytes += memoryBytes;
            var isSealed = number < _order.Count - 1 || _isLastSealed;
            for (var idle = segment.IdleChunks(isSealed); idle > 0 && bytes > _settings.RecentBytesMax; idle--)
            {
                bytes -= segment.ForgetOldest();
            }
        }
    }

    private static void DropChunksOf(ChangeSegment? segment, bool isSealed)
    {
        for (var idle = segment?.IdleChunks(isSealed) ?? 0; idle > 0; idle--)
        {
            segment?.ForgetOldest();
        }
    }

    // The next rewrite, if the disk has room for its target and the files of those before are gone for the most part.
    private SegmentRewrite? NextRewrite()
    {
        var waitingBytes = WaitingBytes;
        _givingBack.RemoveWhere(number =>
            _unnamed.TryGetValue(number, out var bytes) ? bytes == 0 : !_open.ContainsKey(number));
        if (waitingBytes > _settings.WaitingBytesMax)
        {
            return null;
        }

        var rewrite = DueRewrite();
        if (rewrite is null && waitingBytes == 0)
        {
            // Nothing is left to do for what is still there, or there is no room to do it.
            _givingBack.Clear();
        }

        return rewrite;
    }

    private bool IsDue(ChangeSegment segment, bool isOldest)
    {
        var share = segment.DeadShare(isOldest);
        return share >= _settings.DeadShareMin || (share > 0 && _givingBack.Contains(segment.Number));
    }

    // The first segment that is mostly dead, with the neighbours behind it that fit in one segment together with it
    // and are mostly dead or small themselves.
    private SegmentRewrite? DueRewrite()
    {
        var sealedCount = _isLastSealed ? _order.Count : _order.Count - 1;
        var first = 0;
        while (first < sealedCount && !IsDue(_order[first], isOldest: first == 0))
        {
            first++;
        }

        if (first == sealedCount)
        {
            return null;
        }

        var sources = new List<ChangeSegment>();
        var targetBytes = (long)SegmentHead.SizeBytes;
        for (var number = first; number < sealedCount; number++)
        {
            var segment = _order[number];
            var liveBytes = segment.TotalBytes - segment.DeadBytes;
            var isWorthIt = IsDue(segment, isOldest: first == 0) || segment.TotalBytes < _settings.SegmentBytes / 4;
            if (sources.Count > 0 && (!isWorthIt || targetBytes + liveBytes > _settings.SegmentBytes))
            {
                break;
            }

            sources.Add(segment);
            targetBytes += liveBytes;
        }

        return _folder.FreeBytes - _settings.FreeBytesMin >= targetBytes
            ? new SegmentRewrite(sources, startsWithOldest: first == 0, Begin)
            : null;
    }

    private void Finish(SegmentRewrite rewrite)
    {
        var place = _order.IndexOf(rewrite.Sources[0]);
        _order.RemoveRange(place, rewrite.Sources.Count);
        if (rewrite.Target is { TotalBytes: > 0 } target)
        {
            _order.Insert(place, target);
            _withoutSidecar.Enqueue(target);
            DropChunksOf(target, isSealed: true);
        }
        else if (rewrite.Target is { } empty)
        {
            AwaitCheckpoint(empty.Number, empty.Length);
            _retired.Add([empty]);
        }

        foreach (var source in rewrite.Sources)
        {
            source.IsRewritten = true;
            AwaitCheckpoint(source.Number, source.Length);
        }

        _retired.Add(rewrite.Sources);
        _isLastSealed = _isLastSealed || _order.Count == 0;
    }

    // Its file goes when neither of the two kept checkpoints names it.
    private void AwaitCheckpoint(int number, long bytes)
    {
        Interlocked.Add(ref _waitingBytes, bytes);
        _unnamed[number] = bytes;
    }

    private void CloseUnused()
    {
        var unused = _retired.TakeUnused(segment => _unnamed.TryGetValue(segment.Number, out var bytes) && bytes == 0);
        if (unused.Count == 0)
        {
            return;
        }

        var open = new Dictionary<int, ChangeSegment>(_open);
        foreach (var segment in unused)
        {
            open.Remove(segment.Number);
            _unnamed.TryRemove(segment.Number, out _);

            // The file is closed with its last reader, such as a thread that writes the segment's index.
        }

        Volatile.Write(ref _open, open);
    }

    private ChangeSegment Opened(SegmentExtent extent)
    {
        IDiskFile file;
        try
        {
            file = _folder.Open(extent.Segment);
        }
        catch (PosixException cause) when (cause.Error == Errno.NotFound)
        {
            throw new DamageException(
                _folder.FullPathOf(extent.Segment), 0, "the segment is missing, and the checkpoint names it",
                "Put the missing file back, or restore this member from a backup.");
        }

        SegmentHead.Require(file, _owner, extent.Segment);
        var length = file.LengthBytes;
        return length >= extent.LengthBytes
            ? new ChangeSegment(_owner, extent.Segment, file, extent.LengthBytes, _settings.SegmentBytes)
            : throw new DamageException(
                file.Path, length, $"the file ends here, and {extent.LengthBytes} bytes of it are in use",
                DamageException.UsualRemedy);
    }

    private bool MoveNext(IEnumerator<(ChangeHeader Header, ChangeLocation Location)> changes)
    {
        try
        {
            return changes.MoveNext();
        }
        catch (PosixException cause)
        {
            throw _failStop.Fail(cause);
        }
    }

    private IEnumerable<(ChangeHeader Header, ChangeLocation Location)> ChangesInOrder()
    {
        var last = default(ChangeId);
        foreach (var segment in _order.ToArray())
        {
            foreach (var change in ChangesOf(segment))
            {
                if (change.Header.Id <= last)
                {
                    throw new DamageException(
                        segment.File.Path, change.Location.Offset, $"change {change.Header.Id} comes after {last}",
                        DamageException.UsualRemedy);
                }

                last = change.Header.Id;
                yield return change;
            }
        }
    }

    private IEnumerable<(ChangeHeader Header, ChangeLocation Location)> ChangesOf(ChangeSegment segment)
    {
        using (var index = _folder.OpenIndex(segment.Number))
        {
            if (index is not null
                && SegmentSidecar.Read(index, _owner, segment.Number, segment.Length) is { } changes)
            {
                return changes;
            }
        }

        if (segment != _order[^1] || _isLastSealed)
        {
            _withoutSidecar.Enqueue(segment);
        }

        // The record's bytes are those of a window that moves on.
        return segment.Scan(segment.Length).Select(scanned => (
            scanned.Change.Header with { Key = scanned.Change.Header.Key.ToArray() }, scanned.Location));
    }
}
