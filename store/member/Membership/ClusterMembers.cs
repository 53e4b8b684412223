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
    /// <param name="version">The version that all can go by; null when it is not known yet.</param>
    /// <param name="downgradeTarget">The version that a downgrade leads to; null when none is under way.</param>
    public ClusterMembers(
        IEnumerable<ClusterMember> members,
        IEnumerable<MemberId> removed,
        ClusterVersion? version = null,
        ClusterVersion? downgradeTarget = null)
    {
        _members = [.. members.OrderBy(member => member.Id)];
        _removed = [.. removed.Order()];
        Version = version;
        DowngradeTarget = downgradeTarget;
    }

    /// <summary>The members by ascending identity.</summary>
    public IReadOnlyList<ClusterMember> All => _members;

    /// <summary>Who was removed, by ascending identity.</summary>
    public IReadOnlyList<MemberId> Removed => _removed;

    /// <summary>
    /// The version of etcd that all members can go by; null until all have told theirs for the first time. It rises with the
    /// lowest of them, and falls by a downgrade alone.
    /// </summary>
    /// <remarks>Source: etcd, server/etcdserver/version/monitor.go.</remarks>
    public ClusterVersion? Version { get; }

    /// <summary>
    /// The version that a downgrade leads to, which is <see cref="Version"/> meanwhile; null when none is under way. It ends
    /// when all members have told that version.
    /// </summary>
    public ClusterVersion? DowngradeTarget { get; }

    /// <summary>A member by its identity, or null when the cluster has none such.</summary>
    public ClusterMember? Find(MemberId id) => _members.FirstOrDefault(member => member.Id == id);

    /// <summary>Whether a member was removed.</summary>
    public bool WasRemoved(MemberId id) => _removed.BinarySearch(id) >= 0;

    /// <summary>The members after <paramref name="member"/> told its name, version and client URLs.</summary>
    /// <returns>This value when the cluster has no such member: it was removed meanwhile.</returns>
    /// <remarks>
    /// Its peer URLs and its vote are the cluster's matter: they change by a <see cref="ClusterChange"/> alone.
    /// </remarks>
    public ClusterMembers With(ClusterMember member) =>
        Find(member.Id) is { } known
            ? Replace(known with { Name = member.Name, ClientUrls = member.ClientUrls, Version = member.Version }).Settle()
            : this;

    /// <summary>Why no downgrade to a version can begin; null when it can.</summary>
    public ClusterRefusal? FindDowngradeRefusal(ClusterVersion target) =>
        Version is not { } version ? ClusterRefusal.VersionUnknown
        : version.OneLower != target ? ClusterRefusal.NotOneLower
        : DowngradeTarget is not null ? ClusterRefusal.DowngradeUnderWay
        : null;

    /// <summary>The members after a downgrade began that <see cref="FindDowngradeRefusal"/> has nothing against.</summary>
    public ClusterMembers Downgrading(ClusterVersion target) => new(_members, _removed, target, target);

    /// <summary>The members after a downgrade was given up. There may have been none.</summary>
    public ClusterMembers NotDowngrading() => new ClusterMembers(_members, _removed, Version).Settle();

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
        ClusterChange.Add { Member: var added } => With(_members.Append(added), _removed),
        ClusterChange.Remove { Member: var removed } => With(
            _members.Where(member => member.Id != removed), _removed.Append(removed)).Settle(),
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
        With(_members.Where(other => other.Id != member.Id).Append(member), _removed);

    private ClusterMembers With(IEnumerable<ClusterMember> members, IEnumerable<MemberId> removed) =>
        new(members, removed, Version, DowngradeTarget);

    // A member that has not told its version yet may be of any.
    private ClusterMembers Settle()
    {
        if (_members.IsEmpty || _members.Any(member => member.Version is null))
        {
            return this;
        }

        if (DowngradeTarget is { } target)
        {
            return _members.All(member => member.Version == target) ? new(_members, _removed, target) : this;
        }

        var lowest = _members.Min(member => member.Version);
        return Version is { } version && version >= lowest ? this : new(_members, _removed, lowest);
    }
}
