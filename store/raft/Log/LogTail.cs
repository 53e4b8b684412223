namespace Sync.Raft.Log;

/// <summary>
/// The youngest entries of a log, in memory: all that are not durable or not applied yet. Adding and
/// releasing cost O(1) an entry.
/// </summary>
/// <remarks>
/// Slices that were given out stay as they are for ever, though other threads read them: a used slot is never
/// written again, the entries move to a new array instead.
/// </remarks>
internal sealed class LogTail
{
    private const int CapacityMin = 16;

    // How many slots, or bytes of payload, released entries may keep alive before the array is given up.
    private const int ReleasedCountMax = 64;
    private const long ReleasedBytesMax = 1024 * 1024;

    private Entry[] _slots = [];
    private int _start;
    private int _count;
    private long _releasedBytes;

    /// <summary>An empty tail.</summary>
    /// <param name="first">The position of the entry that will be added first.</param>
    public LogTail(LogIndex first) => First = first;

    /// <summary>The position of the first entry held, or, when empty, of the next one added.</summary>
    public LogIndex First { get; private set; }

    /// <summary>One past the last entry held.</summary>
    public LogIndex End => First + _count;

    /// <summary>The entry at a position in <c>[First, End)</c>.</summary>
    public Entry this[LogIndex index]
    {
        get
        {
            Invariant.Require(index >= First && index < End, "a position asked of the tail lies in it");
            return _slots[_start + (index - First)];
        }
    }

    /// <summary>Adds an entry at <see cref="End"/>.</summary>
    public void Add(Entry entry)
    {
        Invariant.Require(entry.Index == End, "entries follow each other without a gap");
        if (_start + _count == _slots.Length)
        {
            MoveTo(Math.Max(CapacityMin, 2 * _count));
        }

        _slots[_start + _count] = entry;
        _count++;
    }

    /// <summary>Drops the entries from a position in <c>[First, End]</c> on.</summary>
    public void CutFrom(LogIndex index)
    {
        Invariant.Require(index >= First && index <= End, "the tail is cut inside itself");
        _count = index - First;
        MoveTo(Math.Max(CapacityMin, _count));
    }

    /// <summary>Forgets everything and goes on from another position.</summary>
    public void Restart(LogIndex first)
    {
        _slots = [];
        (_start, _count, _releasedBytes) = (0, 0, 0);
        First = first;
    }

    /// <summary>Lets go of the entries before a position; those held already start after it or not.</summary>
    public void ReleaseBefore(LogIndex index)
    {
        while (First < index && _count > 0)
        {
            _releasedBytes += _slots[_start].Payload.Length;
            _start++;
            _count--;
            First = First.Next;
        }

        // Moving costs one step for each entry kept, so at least as many must have been released since the
        // last move.
        if (_start >= _count && (_start >= ReleasedCountMax || _releasedBytes >= ReleasedBytesMax))
        {
            MoveTo(_count);
        }
    }

    /// <summary>The entries <c>[start, until)</c>, which must be held.</summary>
    public ReadOnlyMemory<Entry> Slice(LogIndex start, LogIndex until)
    {
        Invariant.Require(start >= First && until <= End && start <= until, "a slice of the tail lies in it");
        return new ReadOnlyMemory<Entry>(_slots, _start + (start - First), until - start);
    }

    private void MoveTo(int capacity)
    {
        var slots = capacity == 0 ? [] : new Entry[capacity];
        Array.Copy(_slots, _start, slots, 0, _count);
        _slots = slots;
        (_start, _releasedBytes) = (0, 0);
    }
}
