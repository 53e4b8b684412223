using System.Collections;

namespace Sync.Simulation.Histories;

/// <summary>A list that is compared item by item, for use in records.</summary>
internal sealed class Items<T>(params IReadOnlyList<T> items) : IReadOnlyList<T>, IEquatable<Items<T>>
{
    public static readonly Items<T> None = new([]);

    public int Count => items.Count;

    public T this[int index] => items[index];

    public bool Equals(Items<T>? other) => other is not null && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as Items<T>);

    public override int GetHashCode() => Count;

    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", items)}]";
}
