namespace Sync.Templates.Values;

/// <summary>What a pointer points to; the object's identity is the address.</summary>
/// <param name="target">The value pointed to.</param>
internal sealed class Pointee(Value target)
{
    /// <summary>The value pointed to.</summary>
    public Value Target { get; } = target;
}
