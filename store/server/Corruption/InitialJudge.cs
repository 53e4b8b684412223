using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Peers.Api;
using Sync.Raft;

namespace Sync.Store.Corruption;

/// <summary>What became of the question for another member's hash.</summary>
/// <param name="Member">Who was asked.</param>
/// <param name="Answer">What it said; null when it said nothing.</param>
/// <param name="Silence">Why it said nothing, a sentence or part of one; empty when it answered.</param>
internal sealed record HashReply(ClusterMember Member, HashAnswer? Answer, string Silence);

/// <summary>What a comparison at a start has found.</summary>
/// <param name="Equal">How many members have the same data.</param>
/// <param name="NotCompared">Whose data could not be compared, and why.</param>
/// <param name="Refusal">Why the member must not start; null when nothing speaks against it.</param>
internal sealed record InitialFinding(
    int Equal, IReadOnlyList<(MemberId Member, string Reason)> NotCompared, string? Refusal);

/// <summary>Decides whether a member that has data may start, by the hashes of the others.</summary>
/// <remarks>
/// Only a hash of the same revision at the same compaction says anything. Source: etcd, server/etcdserver/corrupt.go,
/// InitialCheck.
/// </remarks>
internal static class InitialJudge
{
    /// <summary>Judges.</summary>
    /// <param name="self">The member that is about to start.</param>
    /// <param name="own">The hash of its history at its own revision, which the others were asked for.</param>
    /// <param name="replies">What the others said.</param>
    public static InitialFinding Judge(MemberId self, KeyspaceHash own, IReadOnlyList<HashReply> replies)
    {
        var notCompared = new List<(MemberId, string)>();
        var compared = new List<HashReply>();
        foreach (var reply in replies)
        {
            if (FindObstacle(own, reply) is { } obstacle)
            {
                notCompared.Add((reply.Member.Id, obstacle));
            }
            else
            {
                compared.Add(reply);
            }
        }

        var differing = compared.Where(reply => reply.Answer?.Hash != own.Hash).ToList();
        return new InitialFinding(
            compared.Count - differing.Count, notCompared, differing.Count > 0 ? Refuse(self, own, differing) : null);
    }

    // Null when there is a hash to compare.
    private static string? FindObstacle(KeyspaceHash own, HashReply reply) => reply.Answer switch
    {
        null => reply.Silence,
        { IsComparable: false } answer when answer.Revision < own.HashRevision.Value =>
            $"it is at revision {answer.Revision}, behind this member's {own.HashRevision}",
        { IsComparable: false } => $"it has compacted what this member ends with, revision {own.HashRevision}",
        var answer when answer.CompactRevision != own.CompactedRevision.Value =>
            $"its last compaction is {answer.CompactRevision}, and this member's {own.CompactedRevision}",
        _ => null,
    };

    private static string Refuse(MemberId self, KeyspaceHash own, IEnumerable<HashReply> differing) =>
        $"{self} found data inconsistency with peers: at revision {own.HashRevision}, compaction {own.CompactedRevision}, "
        + $"the hash of its data is {own.Hash}, and that of "
        + string.Join(", of ", differing.Select(reply =>
            $"the member {reply.Member.Id} \"{reply.Member.Name}\" {reply.Answer?.Hash}"))
        + $". It does not serve. Replace it: remove it with 'member remove {self}', add it again, and start it with an "
        + "empty data directory and --initial-cluster-state existing; or so replace the other one, if it is that which is "
        + "wrong.";
}
