using Sync.Raft;
using Sync.Raft.Log;

namespace Sync.Disk.Wal;

/// <summary>Where an entry lies, and the entry itself while it is kept in memory.</summary>
/// <param name="Term">The entry's term.</param>
/// <param name="Sequence">The segment.</param>
/// <param name="Offset">Where its record begins.</param>
/// <param name="PayloadBytes">The size of the record's payload.</param>
/// <param name="Entry">The entry, or null when it must be read back.</param>
internal readonly record struct EntryPlace(Term Term, long Sequence, uint Offset, int PayloadBytes, Entry? Entry)
{
    /// <summary>What the entry's own payload weighs in memory.</summary>
    internal int EntryBytes => PayloadBytes - LogRecord.EntryPrefixBytes;
}

/// <summary>
/// The places of a group's entries, in a ring: entries come and are truncated at the back and are dropped at the
/// front. The latest ones are kept in memory.
/// </summary>
internal sealed class EntryIndex
{
    private EntryPlace[] _ring = new EntryPlace[1024];
    private int _head;
    private int _count;

    // Places [0, _forgotten) hold no entry; the rest does, and weighs _rememberedBytes.
    private int _forgotten;
    private long _rememberedBytes;

    /// <summary>The entry before the first.</summary>
    internal LogIndex Dropped { get; private set; }

    /// <summary>Its term.</summary>
    internal Term DroppedTerm { get; private set; }

    /// <summary>The last entry, or <see cref="Dropped"/>.</summary>
    internal LogIndex Last => Dropped + _count;

    /// <summary>Its term.</summary>
    internal Term LastTerm => _count > 0 ? this[Last].Term : DroppedTerm;

    /// <summary>The place of an entry in <c>(Dropped, Last]</c>.</summary>
    internal ref readonly EntryPlace this[LogIndex index] => ref Slot(index - Dropped - 1);

    /// <summary>The term of a position in <c>[Dropped, Last]</c>, else null.</summary>
    internal Term? TermAt(LogIndex index)
    {
        if (index < Dropped || index > Last)
        {
            return null;
        }

        return index == Dropped ? DroppedTerm : this[index].Term;
    }

    /// <summary>Adds the entry after the last.</summary>
    internal void Add(in EntryPlace place)
    {
        if (_count == _ring.Length)
        {
            Grow();
        }

        Slot(_count++) = place;
        _rememberedBytes += place.EntryBytes;
    }

    /// <summary>Removes the entries from a position on.</summary>
    internal void TruncateFrom(LogIndex index)
    {
        while (Last >= index)
        {
            _count--;
            if (_count >= _forgotten)
            {
                _rememberedBytes -= Slot(_count).EntryBytes;
            }

            Slot(_count) = default;
        }

        _forgotten = Math.Min(_forgotten, _count);
    }

    /// <summary>Removes the entries up to a position, which may lie past the last.</summary>
    internal void DropThrough(LogIndex index, Term term)
    {
        while (_count > 0 && Dropped < index)
        {
            if (_forgotten > 0)
            {
                _forgotten--;
            }
            else
            {
                _rememberedBytes -= Slot(0).EntryBytes;
            }

            Slot(0) = default;
            _head = (_head + 1) & (_ring.Length - 1);
            _count--;
            Dropped = Dropped.Next;
        }

        Dropped = index;
        DroppedTerm = term;
    }

    /// <summary>Empties the index and lets it begin after a position.</summary>
    internal void Restart(LogIndex dropped, Term term)
    {
        TruncateFrom(Dropped.Next);
        Dropped = dropped;
        DroppedTerm = term;
    }

    /// <summary>Lets go of the oldest entries in memory until no more than a limit is kept.</summary>
    /// <param name="bytesMax">The limit in bytes.</param>
    /// <param name="durable">Entries after this one are kept in any case.</param>
    internal void Forget(long bytesMax, LogIndex durable)
    {
        while (_rememberedBytes > bytesMax && _forgotten < _count && Dropped + _forgotten < durable)
        {
            ref var slot = ref Slot(_forgotten++);
            _rememberedBytes -= slot.EntryBytes;
            slot = slot with { Entry = null };
        }
    }

    private ref EntryPlace Slot(int position) => ref _ring[(_head + position) & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new EntryPlace[_ring.Length * 2];
        for (var position = 0; position < _count; position++)
        {
            larger[position] = Slot(position);
        }

        _ring = larger;
        _head = 0;
    }
}
