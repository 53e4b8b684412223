namespace Sync.Templates.Values;

/// <summary>A value as templates see it.</summary>
internal readonly struct Value;
