namespace Sync.Mvcc.Changes;

/// <summary>One change of one key with its value, as it is kept outside memory.</summary>
/// <param name="Header">Key, revision and the rest of what the index knows.</param>
/// <param name="Value">The value's bytes; empty for a delete.</param>
/// <remarks>
/// Given to <see cref="IChangeStore.Append"/>, the bytes belong to the caller and are valid during the call
/// only. Returned from <see cref="IChangeStore.Read"/>, they stay unchanged for as long as they are referenced.
/// </remarks>
public readonly record struct StoredChange(ChangeHeader Header, ReadOnlyMemory<byte> Value);
