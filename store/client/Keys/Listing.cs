using System.Collections.Immutable;

namespace Sync.Etcd.Client.Keys;

/// <summary>The pairs of some ranges, all as of one revision.</summary>
/// <param name="ClusterId">The cluster that answered.</param>
/// <param name="Revision">The revision read at, which is also the store's when the listing began.</param>
/// <param name="Pairs">Every pair, each key once, in key order.</param>
public sealed record Listing(ulong ClusterId, long Revision, ImmutableArray<StoredPair> Pairs);
