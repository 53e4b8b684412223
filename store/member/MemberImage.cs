using Sync.Member.Membership;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Member;

/// <summary>A member's state at an entry of the log, beside the changes of its keys: what a checkpoint holds.</summary>
/// <param name="Applied">The last entry in the state.</param>
/// <param name="AppliedTerm">Its term.</param>
/// <param name="Configuration">Who votes and who listens, as of that entry.</param>
/// <param name="Members">All members of the cluster.</param>
/// <param name="Keyspace">The rest of the keyspace.</param>
public sealed record MemberImage(
    LogIndex Applied,
    Term AppliedTerm,
    GroupConfiguration Configuration,
    ClusterMembers Members,
    KeyspaceImage Keyspace);
