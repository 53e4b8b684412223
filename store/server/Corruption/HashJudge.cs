namespace Sync.Store.Corruption;

/// <summary>One member's hash of the history up to the revision that all were asked for.</summary>
/// <param name="MemberId">The member.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="CompactedRevision">The compaction that the hash leaves out; hashes of different ones say nothing.</param>
internal readonly record struct MemberHash(ulong MemberId, uint Hash, long CompactedRevision);

/// <summary>Decides who has diverged.</summary>
/// <remarks>Source: etcd, server/etcdserver/corrupt.go, CompactHashCheck.</remarks>
internal static class HashJudge
{
    /// <summary>Nobody in particular: the members differ and no majority tells which of them are right.</summary>
    public const ulong NobodyKnows = 0;

    /// <summary>Looks for members that differ.</summary>
    /// <param name="own">This member's hash.</param>
    /// <param name="others">What the others answered in time.</param>
    /// <param name="clusterSize">How many members the cluster has.</param>
    /// <returns>
    /// The members that a majority of the cluster contradicts, by ascending identity; <see cref="NobodyKnows"/> alone
    /// when there is a difference and no such majority; empty when there is none.
    /// </returns>
    public static IReadOnlyList<ulong> FindDiverged(
        MemberHash own, IEnumerable<MemberHash> others, int clusterSize)
    {
        List<MemberHash> comparable =
            [own, .. others.Where(other => other.CompactedRevision == own.CompactedRevision)];
        var byHash = comparable.GroupBy(member => member.Hash).OrderByDescending(group => group.Count()).ToList();
        if (byHash.Count == 1)
        {
            return [];
        }

        return byHash[0].Count() > clusterSize / 2
            ? [.. byHash.Skip(1).SelectMany(group => group).Select(member => member.MemberId).Order()]
            : [NobodyKnows];
    }
}
