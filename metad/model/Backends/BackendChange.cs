namespace Sync.Metad.Model.Backends;

/// <summary>What happened to one key of the backend.</summary>
/// <param name="Key">The whole key.</param>
/// <param name="Value">The value from now on, owned by the receiver; null when the key went.</param>
public readonly record struct BackendChange(ReadOnlyMemory<byte> Key, byte[]? Value);
