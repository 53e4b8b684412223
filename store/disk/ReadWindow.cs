namespace Sync.Disk;

/// <summary>Reads a file from front to back in big pieces.</summary>
internal sealed class ReadWindow
{
    private const int UsualBytes = 1024 * 1024;

    private readonly IDiskFile _file;
    private byte[] _bytes;
    private long _start;
    private int _count;

    /// <summary>A window on the first <paramref name="lengthBytes"/> of a file.</summary>
    internal ReadWindow(IDiskFile file, long lengthBytes)
    {
        _file = file;
        LengthBytes = lengthBytes;
        _bytes = new byte[(int)Math.Min(UsualBytes, lengthBytes)];
    }

    /// <summary>Where the window ends at last.</summary>
    internal long LengthBytes { get; }

    /// <summary>The bytes at an offset, valid until the next call; fewer than asked for at the end.</summary>
    internal ReadOnlySpan<byte> At(long offset, int count) => MemoryAt(offset, count).Span;

    /// <summary>The same as memory.</summary>
    internal ReadOnlyMemory<byte> MemoryAt(long offset, int count)
    {
        count = (int)Math.Clamp(LengthBytes - offset, 0, count);
        if (offset < _start || offset + count > _start + _count)
        {
            Fill(offset, count);
        }

        return _bytes.AsMemory((int)(offset - _start), Math.Min(count, Math.Max(0, _count - (int)(offset - _start))));
    }

    private void Fill(long offset, int count)
    {
        if (count > _bytes.Length)
        {
            _bytes = new byte[count];
        }

        var wanted = (int)Math.Min(_bytes.Length, LengthBytes - offset);
        _start = offset;
        _count = _file.Read(_bytes.AsSpan(0, wanted), offset);
    }
}
