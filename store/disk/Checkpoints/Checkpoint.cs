using Sync.Disk.Segments;
using Sync.Mvcc;
using Sync.Raft;
using Sync.Raft.Membership;

namespace Sync.Disk.Checkpoints;

/// <summary>
/// The state of one group at one applied index: everything but the changes, and where those are. With the log
/// after it, it is the whole member.
/// </summary>
public sealed record Checkpoint
{
    /// <summary>The group.</summary>
    public required GroupId Group { get; init; }

    /// <summary>The group's life.</summary>
    public required Incarnation Incarnation { get; init; }

    /// <summary>The last applied entry.</summary>
    public required LogIndex Applied { get; init; }

    /// <summary>Its term.</summary>
    public required Term AppliedTerm { get; init; }

    /// <summary>Who votes, as of that entry.</summary>
    public required GroupConfiguration Configuration { get; init; }

    /// <summary>What else the member keeps about the members (names, addresses), in its own encoding.</summary>
    public required ReadOnlyMemory<byte> Membership { get; init; }

    /// <summary>The keyspace without its changes.</summary>
    public required KeyspaceImage Keyspace { get; init; }

    /// <summary>The segments that hold the changes, in order of revision.</summary>
    public IReadOnlyList<SegmentExtent> Segments { get; init; } = [];

    /// <summary>
    /// Whether it came with a snapshot, so that the log before <see cref="Applied"/> is none of its own: a start that
    /// finds the log there still lets it begin anew after that entry.
    /// </summary>
    public bool IsInstalled { get; init; }
}
