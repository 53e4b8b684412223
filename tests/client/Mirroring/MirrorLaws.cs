using System.Collections.Immutable;
using System.Diagnostics;
using Google.Protobuf;
using Sync.Etcd.Client.Keys;
using Sync.Etcd.Client.Mirroring;

namespace Sync.Etcd.Client.Tests.Mirroring;

/// <summary>What must hold of every sequence that a mirror tells.</summary>
internal static class MirrorLaws
{
    /// <summary>
    /// Revisions rise, each once; every statement's changes lead from the keys before it to its own keys.
    /// </summary>
    public static void Check(IEnumerable<MirrorUpdate> updates)
    {
        MirroredKeys? before = null;
        foreach (var update in updates)
        {
            if (MirrorRecording.KeysOf(update) is not { } keys)
            {
                continue;
            }

            if (before is null)
            {
                update.Should().BeOfType<MirrorUpdate.Snapshot>();
            }
            else
            {
                var isReplaced = update is MirrorUpdate.Relisted { Reason: RelistReason.StoreReplaced };
                (isReplaced || keys.Revision > before.Revision
                    || (update is MirrorUpdate.Relisted or MirrorUpdate.Progress && keys.Revision == before.Revision))
                    .Should().BeTrue("{0} follows revision {1}", update, before.Revision);
                Applied(before.Pairs, ChangesOf(update)).Should().Equal(keys.Pairs);
            }

            before = keys;
        }
    }

    public static ImmutableArray<KeyChange> ChangesOf(MirrorUpdate update) => update switch
    {
        MirrorUpdate.Change change => change.Changes,
        MirrorUpdate.Relisted relisted => relisted.Changes,
        MirrorUpdate.Snapshot or MirrorUpdate.Progress or MirrorUpdate.Connected or MirrorUpdate.Lost => [],
        _ => throw new UnreachableException(),
    };

    private static ImmutableSortedDictionary<ByteString, StoredPair> Applied(
        ImmutableSortedDictionary<ByteString, StoredPair> pairs, ImmutableArray<KeyChange> changes) =>
        changes.Aggregate(pairs, (current, change) => change switch
        {
            KeyChange.Put put => current.SetItem(put.Key, put.Pair),
            KeyChange.Removal removal => current.Remove(removal.Key),
            _ => throw new UnreachableException(),
        });
}
