using Sync.Member.Forwarding;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;

namespace Sync.Member.Turns;

/// <summary>
/// What a turn does outside the member: its owner does each, and <see cref="MemberTurn.CarryOut"/> calls them in the order
/// that they must have.
/// </summary>
public interface ITurnEffects
{
    /// <summary>Sends a message of the consensus that waits for nothing.</summary>
    void Send(Message message);

    /// <summary>Sends a message of the member.</summary>
    void Send(MemberMessage message);

    /// <summary>
    /// Makes the snapshot that the consensus accepted the state of the member, whole and durable: a crash leaves the old one
    /// or the new one.
    /// </summary>
    void Install(SnapshotHeader snapshot);

    /// <summary>
    /// Hands entries and hard state to the log, and keeps <see cref="Ready.MessagesAfterPersist"/> until they are durable;
    /// then <see cref="GroupMember.Written"/> is to be told.
    /// </summary>
    void Write(Ready ready);

    /// <summary>Makes a view visible to readers.</summary>
    void Publish(KeyspaceView view);

    /// <summary>Begins to send a snapshot to a follower.</summary>
    void SendSnapshot(SnapshotNeed need);

    /// <summary>Notes that the member leads, follows or stands.</summary>
    void Tell(RoleChange change);

    /// <summary>Answers the requests that the turn answers.</summary>
    void Answer(MemberTurn turn);
}
