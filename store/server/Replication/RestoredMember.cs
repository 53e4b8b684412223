using System.Security.Cryptography;
using Sync.Disk;
using Sync.Disk.Wal;
using Sync.Member;
using Sync.Member.Membership;
using Sync.Member.Turns;
using Sync.Mvcc;
using Sync.Mvcc.Leases;
using Sync.Raft;
using Sync.Raft.Membership;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Replication;

/// <summary>A member as its data directory describes it, before it runs: the last checkpoint and the log after it.</summary>
/// <param name="Directory">The data, open and locked.</param>
/// <param name="Log">The group's log.</param>
/// <param name="KeyspaceSettings">What a keyspace of this member is told.</param>
/// <param name="Keyspace">The keyspace at the checkpoint.</param>
/// <param name="Configuration">Who votes.</param>
/// <param name="Member">Consensus and state machine, not started.</param>
internal sealed record RestoredMember(
    DataDirectory Directory,
    GroupLog Log,
    KeyspaceSettings KeyspaceSettings,
    Keyspace Keyspace,
    GroupConfiguration Configuration,
    GroupMember Member)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CatchUpTime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ReadRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LeaseCheck = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads a member's state. The log's entries are applied by <see cref="ApplyLog"/>, or as it runs.</summary>
    /// <param name="directory">The opened directory.</param>
    /// <param name="settings">What the member was told.</param>
    /// <param name="nowMilliseconds">The time of a monotonic clock.</param>
    /// <param name="takesWholeLog">Whether every entry of the log counts as committed.</param>
    /// <exception cref="DataDirectoryException">The directory has no checkpoint.</exception>
    public static RestoredMember From(
        DataDirectory directory, StoreSettings settings, long nowMilliseconds, bool takesWholeLog = false)
    {
        var identity = directory.Identity;
        var log = directory.Log[identity.Group];
        var hardState = takesWholeLog ? log.HardState with { Commit = log.LastIndex } : log.HardState;
        var electionMilliseconds = (long)settings.ElectionTimeout.TotalMilliseconds;
        var image = ImageOf(directory, settings);
        var keyspaceSettings = new KeyspaceSettings
        {
            LeaseTtlMinimumSeconds = LeaseTtl.ShortestFor(electionMilliseconds),
        };
        var keyspace = Keyspace.Restore(keyspaceSettings, directory.Segments, image.Keyspace, directory.Changes());
        directory.Segments.Published(keyspace.View);
        var consensus = new Consensus(
            new ConsensusSettings
            {
                Member = identity.Member,
                Group = identity.Group,
                Incarnation = identity.Incarnation,
                HeartbeatTicks = 1,
                PreVote = settings.AsksBeforeElections,

                // The member bounds what its own clients wait for; this is for those of all members.
                UncommittedBytesMax = 256L * 1024 * 1024,
                ElectionTicks = Ticks(settings, settings.ElectionTimeout),
                DiskStallTicksMax = 2 * Ticks(settings, settings.ElectionTimeout),
            },
            hardState,
            image.Configuration,
            log,
            image.Applied,
            NewRandom());
        var member = new GroupMember(SettingsOf(identity.Member, settings), consensus, keyspace, image, nowMilliseconds);
        return new RestoredMember(directory, log, keyspaceSettings, keyspace, image.Configuration, member);
    }

    /// <summary>Applies, before the member runs, the entries of the log that count as committed.</summary>
    /// <param name="goesOn">
    /// Whether the member runs after that, so that what it asks for is written. One that is only looked at writes nothing.
    /// </param>
    /// <returns>The member as it is then.</returns>
    /// <exception cref="StartException">An entry is of a form that this release does not know.</exception>
    public RestoredMember ApplyLog(bool goesOn)
    {
        do
        {
            var turn = TakeTurn();
            if (goesOn && turn.Ready is { } ready)
            {
                Write(ready);
            }

            if (turn.View is { } view)
            {
                Directory.Segments.Published(view);
            }

            Member.FinishTurn();
        }
        while (Member.NeedsTurn);

        return this with { Configuration = Member.Status.Configuration };
    }

    private MemberTurn TakeTurn()
    {
        try
        {
            return Member.TakeTurn(Revision.Last);
        }
        catch (FormatException unknown)
        {
            throw new StartException(
                $"The log cannot be applied: {unknown.Message} Start the release that wrote it.", unknown);
        }
    }

    // A crash may have forgotten what was committed, or left entries of a term that the hard state does not have.
    private void Write(Ready ready)
    {
        if (ready.Messages.Count > 0 || ready.Snapshot is not null)
        {
            throw new Sync.Member.InvariantException("a member that has not begun to run says nothing to others");
        }

        if (ready.HasWrites)
        {
            Log.Append(ready.Entries.Span, ready.HardState);
        }

        if (ready.MustSync)
        {
            Directory.Log.Write();
            Directory.Log.Sync();
            Member.Written(ready.Number);
        }
    }

    private static MemberImage ImageOf(DataDirectory directory, StoreSettings settings)
    {
        var newest = directory.Checkpoints.Newest ?? throw new DataDirectoryException(
            settings.DataDirectory, "it holds no checkpoint, and a member has one from its first moment on; put it back, or "
            + "restore this member from a backup");
        try
        {
            return MemberCheckpoint.ImageOf(newest);
        }
        catch (FormatException unknown)
        {
            throw new DataDirectoryException(
                settings.DataDirectory, "the members in its newest checkpoint are of an unknown form; start the release that "
                + $"wrote it ({unknown.Message})");
        }
    }

    private static MemberSettings SettingsOf(MemberId id, StoreSettings settings) =>
        new()
        {
            Self = new ClusterMember(
                id, settings.Name, settings.Cluster.PeerUrls[settings.Name], settings.AdvertiseClientUrls)
            {
                Version = settings.MinorVersion,
            },
            ElectionTicks = Ticks(settings, settings.ElectionTimeout),
            RequestTimeoutTicks = Ticks(settings, RequestTimeout + (2 * settings.ElectionTimeout)),
            ReadRetryTicks = Ticks(settings, ReadRetry),
            LeaseCheckTicks = Ticks(settings, LeaseCheck),
            LeaseExtensionMilliseconds = (long)settings.ElectionTimeout.TotalMilliseconds,
            CatchUpTicks = Ticks(settings, CatchUpTime),
            Run = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))),
        };

    private static int Ticks(StoreSettings settings, TimeSpan time) =>
        Math.Max(1, (int)(time / settings.HeartbeatInterval));

    private static Random NewRandom() => new(RandomNumberGenerator.GetInt32(int.MaxValue));
}
