using Sync.Raft;

namespace Sync.Disk.Wal;

/// <summary>What a start found in the log's folder.</summary>
internal sealed record RecoveredLog
{
    /// <summary>The data directory's number, see <see cref="DirectoryIdentity.Number"/>.</summary>
    internal required ulong Directory { get; init; }

    /// <summary>The size of a segment, as its files have it.</summary>
    internal required int SegmentBytes { get; init; }

    /// <summary>The segments, oldest first; the log ends in the last.</summary>
    internal required IReadOnlyList<LogSegment> Segments { get; init; }

    /// <summary>The segment after it, when there is one.</summary>
    internal required LogSegment? Prepared { get; init; }

    /// <summary>Spare files, by number.</summary>
    internal required List<long> Spares { get; init; }

    /// <summary>Where the log ends.</summary>
    internal required LogEnd End { get; init; }

    /// <summary>The checksum of the last record of the segment before the end's; 0 when there is none.</summary>
    internal required uint PreviousEnd { get; init; }

    /// <summary>What the groups have.</summary>
    internal required IReadOnlyList<RecoveredGroup> Groups { get; init; }
}

/// <summary>What a start found of one group.</summary>
/// <param name="Group">The group.</param>
/// <param name="Incarnation">Its life.</param>
internal sealed record RecoveredGroup(GroupId Group, Incarnation Incarnation)
{
    /// <summary>The entries' places.</summary>
    internal EntryIndex Index { get; } = new();

    /// <summary>The highest entry of each segment, oldest first.</summary>
    internal List<(long Sequence, ulong Highest)> Highest { get; } = [];

    /// <summary>The last hard state.</summary>
    internal HardState HardState { get; set; } = HardState.Initial;

    /// <summary>
    /// The last entry that is not needed any more; null before anything of the group was found. While the log is
    /// read, the index may begin after it: entries between were in segments that are gone, and a later low-water
    /// mark must pass them.
    /// </summary>
    internal LogIndex? LowWater { get; set; }
}
