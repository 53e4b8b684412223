using System.Diagnostics.CodeAnalysis;

namespace Sync.Metad.Model.Metadata;

/// <summary>Finds names by their bytes without building a name first.</summary>
internal sealed class NodeNameComparer
    : IEqualityComparer<NodeName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, NodeName>
{
    /// <inheritdoc/>
    public bool Equals(NodeName? x, NodeName? y) =>
        ReferenceEquals(x, y) || (x is not null && y is not null && x.Bytes.SequenceEqual(y.Bytes));

    /// <inheritdoc/>
    public int GetHashCode([DisallowNull] NodeName obj) => GetHashCode(obj.Bytes);

    /// <inheritdoc/>
    public bool Equals(ReadOnlySpan<byte> alternate, NodeName other) => alternate.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = default(HashCode);
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public NodeName Create(ReadOnlySpan<byte> alternate) => new(alternate);
}
