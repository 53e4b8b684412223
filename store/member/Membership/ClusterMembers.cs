using System.Collections.Immutable;
using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>All members of a cluster, by ascending identity. An immutable value, replicated through the log.</summary>
public sealed class ClusterMembers
{
    private readonly ImmutableArray<ClusterMember> _members;

    /// <summary>The members in any order, none twice.</summary>
    public ClusterMembers(params IEnumerable<ClusterMember> members) =>
        _members = [.. members.OrderBy(member => member.Id)];

    /// <summary>The members by ascending identity.</summary>
    public IReadOnlyList<ClusterMember> All => _members;

    /// <summary>A member by its identity, or null when the cluster has none such.</summary>
    public ClusterMember? Find(MemberId id) => _members.FirstOrDefault(member => member.Id == id);

    /// <summary>The members after <paramref name="member"/> told its name and URLs.</summary>
    /// <returns>This value when the cluster has no such member: it was removed meanwhile.</returns>
    public ClusterMembers With(ClusterMember member) =>
        Find(member.Id) is null
            ? this
            : new ClusterMembers(_members.Where(other => other.Id != member.Id).Append(member));
}
