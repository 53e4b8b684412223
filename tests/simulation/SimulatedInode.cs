namespace Sync.Simulation;

/// <summary>
/// A file's content twice: as running programs see it, and as it is on the device. Sectors that differ, or may,
/// are dirty.
/// </summary>
internal sealed class SimulatedInode
{
    internal const int SectorBytes = 512;

    private readonly HashSet<int> _dirty = [];
    private byte[] _durable = [];
    private int _durableLength;

    /// <summary>The content as programs see it, up to <see cref="Length"/>; longer, zero-filled, in memory.</summary>
    internal byte[] Content { get; private set; } = [];

    /// <summary>The length as programs see it.</summary>
    internal int Length { get; private set; }

    /// <summary>The handle that holds the lock.</summary>
    internal object? LockHolder { get; set; }

    /// <summary>Puts bytes in the volatile content.</summary>
    internal void Write(ReadOnlySpan<byte> bytes, int offset)
    {
        Grow(offset + bytes.Length);
        bytes.CopyTo(Content.AsSpan(offset));
        for (var sector = offset / SectorBytes; sector * SectorBytes < offset + bytes.Length; sector++)
        {
            _dirty.Add(sector);
        }
    }

    /// <summary>Makes the file at least so long, with zeros.</summary>
    internal void Grow(int length)
    {
        if (length > Content.Length)
        {
            var size = Math.Max(Sectors(length) * SectorBytes, Content.Length * 2);
            Content = Resized(Content, size);
        }

        Length = Math.Max(Length, length);
    }

    /// <summary>Cuts the file, on the device too, as somebody would who tampers with a stopped store.</summary>
    internal void Cut(int length)
    {
        Array.Clear(Content, length, Content.Length - length);
        Length = length;
        PersistAll();
    }

    /// <summary>Makes everything durable.</summary>
    internal void PersistAll()
    {
        foreach (var sector in _dirty)
        {
            Persist(sector);
        }

        _durableLength = Length;
        if (_durable.Length > _durableLength)
        {
            Array.Clear(_durable, _durableLength, _durable.Length - _durableLength);
        }

        _dirty.Clear();
    }

    /// <summary>Makes some of the dirty sectors durable, each one by the toss of a coin; none stays dirty.</summary>
    internal void PersistSome(Random random)
    {
        foreach (var sector in _dirty.Order())
        {
            if (random.Next(2) == 0)
            {
                Persist(sector);
            }
        }

        if (random.Next(2) == 0)
        {
            _durableLength = Length;
        }

        _dirty.Clear();
    }

    /// <summary>Forgets all that is not durable.</summary>
    internal void Forget()
    {
        Length = _durableLength;
        Content = Resized(_durable, Sectors(_durableLength) * SectorBytes);
        Array.Clear(Content, Length, Content.Length - Length);
        LockHolder = null;
    }

    /// <summary>Turns one bit over, on the device and in memory.</summary>
    internal void Flip(int offset, int bit)
    {
        Content[offset] ^= (byte)(1 << bit);
        _dirty.Add(offset / SectorBytes);
        PersistAll();
    }

    private static int Sectors(int length) => (length + SectorBytes - 1) / SectorBytes;

    private static byte[] Resized(byte[] bytes, int size)
    {
        var resized = new byte[size];
        bytes.AsSpan(0, Math.Min(bytes.Length, size)).CopyTo(resized);
        return resized;
    }

    private void Persist(int sector)
    {
        var start = sector * SectorBytes;
        if (start >= Content.Length)
        {
            return;
        }

        if (_durable.Length < start + SectorBytes)
        {
            _durable = Resized(_durable, Math.Max(Content.Length, start + SectorBytes));
        }

        Content.AsSpan(start, SectorBytes).CopyTo(_durable.AsSpan(start));
    }
}
