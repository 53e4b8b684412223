using Sync.Disk;
using Sync.Disk.Segments;
using Sync.Disk.Wal;
using Sync.Member;
using Sync.Mvcc;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Simulation.Bugs;
using Sync.Simulation.Faults;
using Sync.Store.Replication;

namespace Sync.Simulation.Clusters;

/// <summary>What a process starts with: what it is told, and the state on its disk, or what a planted bug makes of it.</summary>
internal sealed class MemberStart(Cluster cluster, ClusterNode node)
{
    private const int DiskStallTicksMax = 20;

    private RunSettings Settings => cluster.Settings;

    private PlantedBug Bug => Settings.Bug;

    /// <summary>Sizes of what it keeps on its disk.</summary>
    public DirectorySettings Directory => new()
    {
        Log = new LogSettings { SegmentBytes = Settings.LogSegmentBytes, RecentBytesMax = Settings.LogRecentBytes },
        Segments = new SegmentSettings
        {
            SegmentBytes = Settings.SegmentBytes,
            RecentBytesMax = Settings.LogRecentBytes,
            UnwrittenBytesMax = Settings.SegmentUnwrittenBytes,
            WaitingBytesMax = 2L * Settings.SegmentBytes,
        },
        LogBytesMax = 4L * Settings.LogSegmentBytes,
    };

    /// <summary>What its consensus is told.</summary>
    public ConsensusSettings Consensus => new()
    {
        Member = node.Id,
        ElectionTicks = Settings.ElectionTicks,
        PreVote = Settings.PreVote,
        LeaseReads = Settings.LeaseReads,
        MessageBytesMax = Settings.MessageBytesMax,
        InflightMessagesMax = Settings.InflightMessagesMax,
        ApplyBytesMax = Settings.ApplyBytesMax,
        DiskStallTicksMax = Bug == PlantedBug.LeadWithoutDisk ? 0 : DiskStallTicksMax,
        ForgetsOpenChanges = Bug == PlantedBug.ForgetOpenChanges,
    };

    /// <summary>What the member is told.</summary>
    /// <param name="run">A number that no earlier run used.</param>
    public MemberSettings MemberOf(ulong run) => new()
    {
        Self = Cluster.MemberOf(node.Id),
        RequestTimeoutTicks = 50 + (2 * Settings.ElectionTicks),
        ReadRetryTicks = 5,
        LeaseCheckTicks = 5,
        LeaseExtensionMilliseconds = Settings.ElectionTicks * MemberProcess.TickMilliseconds,
        Leases = new LessorSettings
        {
            CheckpointIntervalMilliseconds = Settings.LeaseCheckpointInterval,
            RevocationRetryMilliseconds = Settings.LeaseRevocationRetry,
        },
        LeaseCheckpointEntriesMax = Settings.LeaseCheckpointEntriesMax,
        RemovalsPerTurnMax = Settings.RemovalsPerTurnMax,
        ElectionTicks = Settings.ElectionTicks,
        Run = run,
    };

    /// <summary>The state of a member that has applied nothing, as it is written down before it runs for the first time.</summary>
    public MemberImage Beginning => new(
        LogIndex.None,
        Term.None,
        node.Founding is null ? FirstConfiguration() : GroupConfiguration.Unknown,
        node.Founding ?? cluster.Members,
        KeyspaceImage.Fresh);

    private GroupConfiguration FirstConfiguration()
    {
        if (Bug != PlantedBug.CountTooFewVoters)
        {
            return cluster.Founders;
        }

        var voters = cluster.Founders.Voters;
        var first = voters.IndexOf(node.Id);
        return new GroupConfiguration(
            [.. Enumerable.Range(first, Math.Max(1, voters.Length / 2)).Select(place => voters[place % voters.Length])]);
    }

    /// <summary>Term, vote and commit of the last run.</summary>
    public HardState HardStateOf(GroupLog log) => Bug == PlantedBug.ForgetHardState
        ? log.HardState with { Term = log.TermAt(log.LastIndex) ?? Term.None, Vote = MemberId.None }
        : log.HardState;

    /// <summary>The state that the disk holds.</summary>
    public MemberImage ImageFrom(DataDirectory directory, GroupLog log)
    {
        var image = MemberCheckpoint.ImageOf(directory.Checkpoints.Newest
            ?? throw new SimulationException("a member has a checkpoint from its first moment on"));
        return Bug switch
        {
            PlantedBug.ApplyTwice when image.Applied >= log.FirstIndex => At(image, image.Applied.Previous, log),
            PlantedBug.SkipEntry when image.Applied < log.LastIndex && image.Applied < log.HardState.Commit =>
                At(image, image.Applied.Next, log),
            PlantedBug.ForgetChanges when image.Configuration != GroupConfiguration.Unknown =>
                image with { Configuration = cluster.Founders },
            PlantedBug.ShortenLeases => image with
            {
                Keyspace = image.Keyspace with
                {
                    Leases = [.. image.Keyspace.Leases.Select(lease => lease with { RemainingTtlSeconds = 1 })],
                },
            },
            PlantedBug.ForgetAlarms => image with { Keyspace = image.Keyspace with { Alarms = [] } },
            PlantedBug.ForgetLeases => image with { Keyspace = image.Keyspace with { Leases = [] } },
            _ => image,
        };
    }

    private static MemberImage At(MemberImage image, LogIndex index, GroupLog log) =>
        image with { Applied = index, AppliedTerm = log.TermAt(index) ?? image.AppliedTerm };
}
