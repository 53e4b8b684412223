namespace Sync.Simulation.Checking;

/// <summary>A set of small numbers.</summary>
internal sealed class Bitset : IEquatable<Bitset>
{
    private readonly ulong[] _words;

    public Bitset(int size) => _words = new ulong[(size + 63) / 64];

    private Bitset(ulong[] words) => _words = words;

    public void Add(int number) => _words[number >> 6] |= 1UL << (number & 63);

    public void Remove(int number) => _words[number >> 6] &= ~(1UL << (number & 63));

    public Bitset Copy() => new([.. _words]);

    public bool Equals(Bitset? other) => other is not null && _words.AsSpan().SequenceEqual(other._words);

    public override bool Equals(object? obj) => Equals(obj as Bitset);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var word in _words)
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }
}
