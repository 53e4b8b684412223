namespace Sync.Templates.Patterns;

/// <summary>A part of a pattern.</summary>
internal abstract record PatternNode
{
    private PatternNode()
    {
    }

    /// <summary>Whether the part can match nothing at all.</summary>
    public abstract bool IsNullable { get; }

    /// <summary>One character of a set.</summary>
    public sealed record One(RuneSet Set) : PatternNode
    {
        /// <inheritdoc/>
        public override bool IsNullable => false;
    }

    /// <summary>A place between characters.</summary>
    public sealed record Place(Boundary Boundary) : PatternNode
    {
        /// <inheritdoc/>
        public override bool IsNullable => true;
    }

    /// <summary>A group that is remembered.</summary>
    /// <param name="Index">Its number, from 1.</param>
    /// <param name="Inner">What is in it.</param>
    public sealed record Group(int Index, PatternNode Inner) : PatternNode
    {
        /// <inheritdoc/>
        public override bool IsNullable { get; } = Inner.IsNullable;
    }

    /// <summary>Parts after each other; without any it matches nothing at all.</summary>
    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        /// <inheritdoc/>
        public override bool IsNullable { get; } = Parts.All(part => part.IsNullable);
    }

    /// <summary>Parts of which the first that leads to a match counts.</summary>
    public sealed record Choice(IReadOnlyList<PatternNode> Branches) : PatternNode
    {
        /// <inheritdoc/>
        public override bool IsNullable { get; } = Branches.Any(branch => branch.IsNullable);
    }

    /// <summary>A part several times.</summary>
    /// <param name="Inner">The part.</param>
    /// <param name="CountMin">The least number of times.</param>
    /// <param name="CountMax">The most; null for no bound.</param>
    /// <param name="IsLazy">Whether fewer times are better.</param>
    public sealed record Repeat(PatternNode Inner, int CountMin, int? CountMax, bool IsLazy) : PatternNode
    {
        /// <inheritdoc/>
        public override bool IsNullable { get; } = CountMin == 0 || Inner.IsNullable;
    }
}

/// <summary>The places between characters that a pattern can ask for.</summary>
internal enum Boundary
{
    /// <summary>The beginning of the text.</summary>
    TextStart,

    /// <summary>The end of the text.</summary>
    TextEnd,

    /// <summary>The beginning of a line.</summary>
    LineStart,

    /// <summary>The end of a line.</summary>
    LineEnd,

    /// <summary>Between an ASCII word character and something else.</summary>
    Word,

    /// <summary>Anywhere else.</summary>
    NotWord,
}
