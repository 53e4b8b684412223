using System.Collections.Immutable;
using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>All members of a cluster, by ascending identity. An immutable value, replicated through the log.</summary>
public sealed class ClusterMembers
{
    private readonly ImmutableArray<ClusterMember> _members;
    private readonly ImmutableArray<MemberId> _removed;

    /// <summary>The members in any order, none twice.</summary>
    public ClusterMembers(params IEnumerable<ClusterMember> members)
        : this(members, removed: [])
    {
    }

    /// <summary>The members, and those that were members once.</summary>
    /// <param name="members">In any order, none twice.</param>
    /// <param name="removed">Identities that are never used again; in any order, none twice.</param>
    public ClusterMembers(IEnumerable<ClusterMember> members, IEnumerable<MemberId> removed)
    {
        _members = [.. members.OrderBy(member => member.Id)];
        _removed = [.. removed.Order()];
    }

    /// <summary>The members by ascending identity.</summary>
    public IReadOnlyList<ClusterMember> All => _members;

    /// <summary>Who was removed, by ascending identity.</summary>
    public IReadOnlyList<MemberId> Removed => _removed;

    /// <summary>A member by its identity, or null when the cluster has none such.</summary>
    public ClusterMember? Find(MemberId id) => _members.FirstOrDefault(member => member.Id == id);

    /// <summary>Whether a member was removed.</summary>
    public bool WasRemoved(MemberId id) => _removed.BinarySearch(id) >= 0;

    /// <summary>The members after <paramref name="member"/> told its name and client URLs.</summary>
    /// <returns>This value when the cluster has no such member: it was removed meanwhile.</returns>
    /// <remarks>
    /// Its peer URLs and its vote are the cluster's matter: they change by a <see cref="ClusterChange"/> alone.
    /// </remarks>
    public ClusterMembers With(ClusterMember member) =>
        Find(member.Id) is { } known
            ? Replace(known with { Name = member.Name, ClientUrls = member.ClientUrls })
            : this;

    /// <summary>Why a change cannot be made; null when it can.</summary>
    public ClusterRefusal? FindRefusal(ClusterChange change) => change switch
    {
        ClusterChange.Add { Member: var added } when Find(added.Id) is not null || WasRemoved(added.Id) =>
            ClusterRefusal.MemberExists,
        ClusterChange.Add { Member: var added } => FindTaken(added.Id, added.PeerUrls),
        ClusterChange.Move { Member: var moved, PeerUrls: var urls } when Find(moved) is not null =>
            FindTaken(moved, urls),
        ClusterChange.Promote { Member: var promoted } when Find(promoted) is { IsLearner: false } =>
            ClusterRefusal.NotLearner,
        _ when Find(change.MemberId) is null && change is not ClusterChange.Add => ClusterRefusal.MemberUnknown,
        _ => null,
    };

    /// <summary>The members after a change that <see cref="FindRefusal"/> has nothing against.</summary>
    public ClusterMembers After(ClusterChange change) => change switch
    {
        ClusterChange.Add { Member: var added } => new ClusterMembers(_members.Append(added), _removed),
        ClusterChange.Remove { Member: var removed } => new ClusterMembers(
            _members.Where(member => member.Id != removed), _removed.Append(removed)),
        ClusterChange.Move { Member: var moved, PeerUrls: var urls } when Find(moved) is { } known =>
            Replace(known with { PeerUrls = urls }),
        ClusterChange.Promote { Member: var promoted } when Find(promoted) is { } known =>
            Replace(known with { IsLearner = false }),
        _ => throw new InvariantException($"a change is of a known kind and fits: {change}"),
    };

    private ClusterRefusal? FindTaken(MemberId id, IReadOnlyList<string> urls) =>
        _members.Any(member => member.Id != id && member.PeerUrls.Intersect(urls).Any())
            ? ClusterRefusal.PeerUrlsTaken
            : null;

    private ClusterMembers Replace(ClusterMember member) =>
        new(_members.Where(other => other.Id != member.Id).Append(member), _removed);
}
