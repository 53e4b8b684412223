using Sync.Disk;
using Sync.Disk.Checkpoints;
using Sync.Member;
using Sync.Member.Membership;

namespace Sync.Store.Replication;

/// <summary>A member's state as a checkpoint or a snapshot holds it, and back.</summary>
/// <remarks>The simulation compiles this file, too, so that its members are written down as those of the server.</remarks>
internal static class MemberCheckpoint
{
    /// <summary>Writes a state down.</summary>
    /// <param name="identity">Whose it is.</param>
    /// <param name="image">The state.</param>
    public static Checkpoint Of(DirectoryIdentity identity, MemberImage image) => new()
    {
        Group = identity.Group,
        Incarnation = identity.Incarnation,
        Applied = image.Applied,
        AppliedTerm = image.AppliedTerm,
        Configuration = image.Configuration,
        Membership = ClusterMembersCodec.Encode(image.Members),
        Keyspace = image.Keyspace,
    };

    /// <summary>The state that was written down.</summary>
    /// <param name="state">As it was read.</param>
    public static MemberImage ImageOf(Checkpoint state) => new(
        state.Applied,
        state.AppliedTerm,
        state.Configuration,
        ClusterMembersCodec.Decode(state.Membership.Span),
        state.Keyspace);
}
