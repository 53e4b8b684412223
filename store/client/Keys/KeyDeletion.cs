namespace Sync.Etcd.Client.Keys;

/// <summary>What a delete did.</summary>
/// <param name="Revision">Its revision, or the store's present one when nothing was there.</param>
/// <param name="Count">How many keys it removed.</param>
public readonly record struct KeyDeletion(long Revision, long Count);
