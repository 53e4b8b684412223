namespace Sync.Metad.Model.Metadata;

/// <summary>
/// Shares the names that nodes have in common. Holds at most 65,536 names and starts again when it is full, so that
/// names that come and go for ever do not stay in memory.
/// </summary>
/// <remarks>Belongs to the one thread that builds trees; the names it hands out are immutable.</remarks>
public sealed class NameTable
{
    private const int NamesMax = 65_536;

    private readonly HashSet<NodeName> _names = new(new NodeNameComparer());
    private readonly HashSet<NodeName>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    /// <summary>Creates an empty table.</summary>
    public NameTable() => _byBytes = _names.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>The shared name for some bytes.</summary>
    /// <param name="bytes">A segment of a path.</param>
    public NodeName Share(ReadOnlySpan<byte> bytes)
    {
        if (_byBytes.TryGetValue(bytes, out var known))
        {
            return known;
        }

        if (_names.Count == NamesMax)
        {
            _names.Clear();
        }

        var name = new NodeName(bytes);
        _names.Add(name);
        return name;
    }
}
