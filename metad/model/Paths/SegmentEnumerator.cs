namespace Sync.Metad.Model.Paths;

/// <summary>Walks the segments of a path: the runs of bytes between slashes, empty runs skipped.</summary>
public ref struct SegmentEnumerator
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Starts before the first segment.</summary>
    /// <param name="bytes">A path such as <c>/a/b</c>.</param>
    public SegmentEnumerator(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>The segment that <see cref="MoveNext"/> found.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>Goes to the next segment.</summary>
    /// <returns>False at the end.</returns>
    public bool MoveNext()
    {
        while (_rest.Length > 0)
        {
            var end = _rest.IndexOf((byte)'/');
            Current = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (Current.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The enumerator itself, for <c>foreach</c>.</summary>
    public readonly SegmentEnumerator GetEnumerator() => this;
}
