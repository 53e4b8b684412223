using Sync.Raft;

namespace Sync.Member.Membership;

/// <summary>What the cluster knows of one of its members. Compared by content.</summary>
/// <param name="Id">The member's identity.</param>
/// <param name="Name">Its name; empty until it has started for the first time.</param>
/// <param name="PeerUrls">Where other members reach it.</param>
/// <param name="ClientUrls">Where clients reach it; empty until it has started for the first time.</param>
public sealed record ClusterMember(
    MemberId Id, string Name, IReadOnlyList<string> PeerUrls, IReadOnlyList<string> ClientUrls)
{
    /// <summary>Whether it takes entries and has no vote.</summary>
    public bool IsLearner { get; init; }

    /// <summary>The version of etcd that it tells its clients; null until it has told the others.</summary>
    public ClusterVersion? Version { get; init; }

    /// <summary>Whether it has run and told its name.</summary>
    public bool HasStarted => Name.Length > 0;

    /// <summary>Whether all parts are equal, the lists item by item.</summary>
    public bool Equals(ClusterMember? other) =>
        other is not null
        && Id == other.Id
        && Name == other.Name
        && IsLearner == other.IsLearner
        && Version == other.Version
        && PeerUrls.SequenceEqual(other.PeerUrls)
        && ClientUrls.SequenceEqual(other.ClientUrls);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Name, PeerUrls.Count, ClientUrls.Count);
}
