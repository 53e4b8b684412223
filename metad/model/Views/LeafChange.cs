namespace Sync.Metad.Model.Views;

/// <summary>One value that a caller sees change.</summary>
/// <param name="Path">Relative to the view, such as <c>/a/b</c>; empty for the view itself.</param>
/// <param name="Value">The new value; null when it is gone.</param>
public sealed record LeafChange(byte[] Path, byte[]? Value);
