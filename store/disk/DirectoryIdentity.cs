using Sync.Raft;

namespace Sync.Disk;

/// <summary>Whose data a directory holds. It never changes.</summary>
/// <param name="ClusterId">The cluster.</param>
/// <param name="Member">The member.</param>
/// <param name="Group">The Raft group.</param>
/// <param name="Incarnation">The group's life.</param>
public sealed record DirectoryIdentity(ulong ClusterId, MemberId Member, GroupId Group, Incarnation Incarnation);
