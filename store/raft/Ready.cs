using Sync.Raft.Log;
using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Roles;
using Sync.Raft.Snapshots;

namespace Sync.Raft;

/// <summary>
/// What the owner of a <see cref="Consensus"/> must do now. Fields that say nothing about each other may be
/// done at the same time; the core goes on meanwhile. Everything here is immutable and may be passed to other
/// threads.
/// </summary>
/// <remarks>
/// The order of effects:
/// 1. <see cref="Messages"/> are sent at once; they wait for nothing.
/// 2. <see cref="Snapshot"/> is installed, after the writes of every earlier Ready. Then
/// <see cref="HardState"/> and <see cref="Entries"/> are written, in either order, after those of every
/// earlier Ready. Once all that is durable, <see cref="MessagesAfterPersist"/> are sent and
/// <see cref="Consensus.Persisted"/> is called.
/// 3. <see cref="Committed"/> are applied in order; <see cref="Consensus.AppliedTo"/> is called after it. For each
/// entry of kind <see cref="EntryKind.Configuration"/>, <see cref="Consensus.ApplyChange"/> or
/// <see cref="Consensus.SkipChange"/> is called when its turn comes.
/// </remarks>
public sealed record Ready
{
    /// <summary>
    /// Counts the Readys of one core from 1; names this one to <see cref="Consensus.Persisted"/>.
    /// </summary>
    public required ulong Number { get; init; }

    /// <summary>
    /// The snapshot to install BEFORE anything else of this Ready is written: the image that was offered takes the
    /// place of the state and of the whole log, in one step that a crash cannot tear; the log goes on after its
    /// index. <see cref="Consensus.Persisted"/> says that it is durable AND that the state machine holds it; until
    /// then nothing is given to apply. Null when there is none.
    /// </summary>
    public SnapshotHeader? Snapshot { get; init; }

    /// <summary>
    /// The term, vote and commit index to write BEFORE <see cref="MessagesAfterPersist"/> are sent; null when
    /// they are as last written. The commit index covers only entries that are durable already.
    /// </summary>
    public HardState? HardState { get; init; }

    /// <summary>
    /// The entries to append to the log BEFORE <see cref="MessagesAfterPersist"/> are sent. The first one
    /// replaces whatever the log holds at its position and after it. Positions follow each other without a
    /// gap.
    /// </summary>
    public ReadOnlyMemory<Entry> Entries { get; init; }

    /// <summary>
    /// Whether this write must be synced to disk: there are entries or a snapshot, or the term or vote changed. Then
    /// <see cref="Consensus.Persisted"/> must be called with <see cref="Number"/> once it is. A commit index
    /// alone need be neither synced nor reported, nor even written.
    /// </summary>
    public bool MustSync { get; init; }

    /// <summary>
    /// Whether the log is to be told anything. A snapshot that was installed is durable already, and is reported all the same.
    /// </summary>
    public bool HasWrites => MustSync || HardState is not null;

    /// <summary>Messages that may be sent at once, BEFORE anything of this Ready is durable.</summary>
    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>
    /// Messages that promise something (votes, their requests, answers to appends): sent only AFTER the
    /// writes of this Ready and of every earlier one are durable. When nothing is or remains to be synced,
    /// the core puts them in <see cref="Messages"/> instead.
    /// </summary>
    public IReadOnlyList<Message> MessagesAfterPersist { get; init; } = [];

    /// <summary>
    /// Entries to apply, in order and each one once. They are committed AND durable on this member already,
    /// so they wait for nothing; empty payloads change nothing but are counted.
    /// </summary>
    public ReadOnlyMemory<Entry> Committed { get; init; }

    /// <summary>
    /// Answers to reads: serve each AFTER its index is applied. They wait for no write of this Ready.
    /// </summary>
    public IReadOnlyList<ReadState> ReadStates { get; init; } = [];

    /// <summary>
    /// Followers that need a snapshot: capture and stream one to each, at any time, and end with
    /// <see cref="Consensus.ReportSnapshot"/>. Each is told once.
    /// </summary>
    public IReadOnlyList<SnapshotNeed> SnapshotNeeds { get; init; } = [];

    /// <summary>
    /// What the member has become since the last Ready; null when nothing changed. For logs and waiting
    /// clients.
    /// </summary>
    public RoleChange? RoleChange { get; init; }
}
