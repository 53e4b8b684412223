namespace Sync.Templates.GoText.Syntax;

/// <summary>A node of a parsed Go template. Its text is its source in normal form, as error texts show it.</summary>
/// <param name="position">The byte that error texts point at.</param>
internal abstract class Node(int position)
{
    /// <summary>The byte that error texts point at.</summary>
    public int Position { get; } = position;

    /// <summary>The source in normal form.</summary>
    public abstract override string ToString();
}
