namespace Sync.Metad.Model.Backends;

/// <summary>What a write would do to one key.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Value">The value that it would get; null when the key would go.</param>
public sealed record KeyEffect(byte[] Key, byte[]? Value);
