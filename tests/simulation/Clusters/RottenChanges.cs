using Sync.Mvcc.Changes;
using Sync.Simulation.Clients;

namespace Sync.Simulation.Clusters;

/// <summary>
/// A store of changes that, on a machine which rots, gives other values of some keys back than it was given. Clients do not
/// read those keys: until the hashes are compared nobody can tell.
/// </summary>
/// <param name="store">The store; what it holds, and what a snapshot of it says, stays right.</param>
/// <param name="node">The machine.</param>
internal sealed class RottenChanges(IChangeStore store, ClusterNode node) : IChangeStore
{
    /// <summary>What the keys begin with; behind all that clients ask for.</summary>
    public const string Prefix = "~";

    public ChangeLocation Append(in StoredChange change) => store.Append(change);

    public StoredChange Read(ChangeLocation location)
    {
        var change = store.Read(location);
        return node.Rots && change.Header.Key.Span.StartsWith(Wire.Bytes(Prefix))
            ? change with { Value = "rot"u8.ToArray() }
            : change;
    }

    public void Release(ChangeLocation location) => store.Release(location);
}
