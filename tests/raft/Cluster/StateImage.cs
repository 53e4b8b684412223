using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Tests.Cluster;

/// <summary>A member's state after an entry: all that was applied, and the configuration.</summary>
internal sealed record StateImage(SnapshotHeader Header, IReadOnlyList<Entry> Applied);

/// <summary>A snapshot that is on its way from a leader to a follower.</summary>
internal sealed record SnapshotStream(MemberId From, SnapshotNeed Need, StateImage Image)
{
    public SnapshotOffer Offer => new(From, Need.Follower, Need.Term, Image.Header);
}
