namespace Sync.Disk.Tests.Wal;

/// <summary>A disk that keeps one file's first block and forgets the rest, without allocating.</summary>
internal sealed class NullDisk : IDisk, IDiskFile
{
    private readonly byte[] _head = new byte[4096];

    public string Root => "/null";

    public long FreeBytesIn(string directory) => long.MaxValue;

    public void MakeDirectory(string directory)
    {
    }

    public IReadOnlyList<string> List(string directory) => [System.IO.Path.GetFileName(LogBench.SegmentName(1))];

    public bool Exists(string path) => false;

    public IDiskFile Create(string path) => this;

    public IDiskFile Open(string path) => this;

    public void Rename(string source, string target)
    {
    }

    public void Delete(string path)
    {
    }

    public void SyncDirectory(string directory)
    {
    }

    public string Path => "/null/file";

    public long LengthBytes { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        if (offset == 0 && bytes.Length == _head.Length)
        {
            bytes.CopyTo(_head);
        }

        LengthBytes = Math.Max(LengthBytes, offset + bytes.Length);
    }

    public int Read(Span<byte> bytes, long offset)
    {
        var count = (int)Math.Clamp(LengthBytes - offset, 0, bytes.Length);
        bytes[..count].Clear();
        if (offset < _head.Length)
        {
            var kept = Math.Min(count, _head.Length - (int)offset);
            _head.AsSpan((int)offset, kept).CopyTo(bytes);
        }

        return count;
    }

    public void Sync()
    {
    }

    public void Allocate(long lengthBytes)
    {
    }

    public bool TryLock() => true;

    public void Dispose()
    {
    }
}
