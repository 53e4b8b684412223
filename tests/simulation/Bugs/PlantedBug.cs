namespace Sync.Simulation.Bugs;

/// <summary>
/// Mistakes that a member may be made to commit, each at a seam of the simulation: the disk, the network, the start,
/// the loop around the member, the watch streams, the clock; one in the consensus itself. A judge that is worth something
/// finds every one.
/// </summary>
internal enum PlantedBug
{
    None,

    /// <summary>A sync of the log returns without having synced.</summary>
    SkipLogSync,

    /// <summary>A sync of a value segment returns without having synced.</summary>
    SkipSegmentSync,

    /// <summary>A checkpoint gets its name before its content is durable.</summary>
    SkipCheckpointSync,

    /// <summary>A sync of a directory returns without having synced.</summary>
    SkipDirectorySync,

    /// <summary>Now and then a write to a value segment is forgotten.</summary>
    LoseSegmentWrite,

    /// <summary>Now and then a bit of a write to the log is turned over.</summary>
    FlipLogBit,

    /// <summary>What must wait for a sync is sent at once.</summary>
    SendBeforeSync,

    /// <summary>A write counts as durable as soon as it is appended.</summary>
    CountBeforeSync,

    /// <summary>The log is cut before the checkpoint that replaces it is durable.</summary>
    CutLogBeforeCheckpoint,

    /// <summary>A restarted member has forgotten its term and whom it voted for.</summary>
    ForgetHardState,

    /// <summary>A restarted member applies the last entry of its checkpoint again.</summary>
    ApplyTwice,

    /// <summary>A restarted member passes an entry over.</summary>
    SkipEntry,

    /// <summary>A restarted member has forgotten the leases of its checkpoint.</summary>
    ForgetLeases,

    /// <summary>A majority is counted among too few members.</summary>
    CountTooFewVoters,

    /// <summary>A vote is given to everybody who asks.</summary>
    VoteTwice,

    /// <summary>A vote does not ask how complete the candidate's log is.</summary>
    VoteForShortLog,

    /// <summary>A follower accepts entries that leave a gap.</summary>
    AcceptGap,

    /// <summary>A follower takes everything that it is sent as committed.</summary>
    CommitWhatIsSent,

    /// <summary>Now and then an entry is changed on its way.</summary>
    ChangeEntryOnTheWay,

    /// <summary>A linearizable read is served without asking anybody.</summary>
    ReadWithoutConfirmation,

    /// <summary>A member that thinks it leads serves linearizable reads without asking anybody.</summary>
    LeaderReadsWithoutConfirmation,

    /// <summary>A leader that stood still answers reads by the lease that it had before.</summary>
    TrustLeaseAfterPause,

    /// <summary>Answers are given before their view is visible.</summary>
    AnswerBeforeView,

    /// <summary>Now and then a proposal is proposed twice.</summary>
    ProposeTwice,

    /// <summary>A put is acknowledged when it is proposed.</summary>
    AcknowledgeBeforeCommit,

    /// <summary>An unknown outcome is reported as a certain failure.</summary>
    ClaimFailure,

    /// <summary>Deletes that a compaction covers are not told to watchers.</summary>
    LoseDeletesAtCompaction,

    /// <summary>Now and then a watch response is sent twice.</summary>
    RepeatEvents,

    /// <summary>Now and then a watch response is lost.</summary>
    LoseEvents,

    /// <summary>The events of one revision are sent apart.</summary>
    SplitRevision,

    /// <summary>Progress is promised for what is not told yet.</summary>
    PromiseProgressTooEarly,

    /// <summary>Now and then an event lacks the pair before.</summary>
    LosePreviousPair,

    /// <summary>The pair's version is not told.</summary>
    LoseVersion,

    /// <summary>Filters of a watch are not looked at.</summary>
    IgnoreFilter,

    /// <summary>A watch begins one revision too late.</summary>
    StartTooLate,

    /// <summary>A member that led goes on to revoke leases by its old clock.</summary>
    RevokeAsOldLeader,

    /// <summary>A member's clock over leases jumps as the wall clock does.</summary>
    TrustWallClock,

    /// <summary>A follower renews leases on its own.</summary>
    RenewAsFollower,

    /// <summary>A restarted member takes every lease for nearly ended.</summary>
    ShortenLeases,

    /// <summary>A leader commits an entry of an earlier term by counting who holds it.</summary>
    CommitOldTerm,

    /// <summary>A write for which a full disk has no room is taken for done.</summary>
    IgnoreFullDisk,

    /// <summary>The votes of members that were removed are asked for and counted.</summary>
    CountRemovedVoters,

    /// <summary>A change of the members is in force before it is committed, so that the next one can begin.</summary>
    ChangeBeforeCommit,

    /// <summary>A leader takes a change of the members while another one is not applied.</summary>
    ForgetOpenChanges,

    /// <summary>A restarted member has forgotten the changes of the members in its checkpoint.</summary>
    ForgetChanges,

    /// <summary>A snapshot says that its members are those of the beginning.</summary>
    ForgetSnapshotMembers,

    /// <summary>A member that has lost its disk goes on under its old identity.</summary>
    GoOnWithoutDisk,

    /// <summary>A leader whose disk hangs leads on.</summary>
    LeadWithoutDisk,

    /// <summary>The hashes of the members are not compared.</summary>
    CompareNoHashes,

    /// <summary>One member carries puts out that an alarm forbids.</summary>
    PutInSpiteOfAlarm,

    /// <summary>A restarted member has forgotten the alarms of its checkpoint.</summary>
    ForgetAlarms,

    /// <summary>A snapshot's alarms are not taken over.</summary>
    ForgetSnapshotAlarms,

    /// <summary>A write is refused for lack of space, and happens all the same.</summary>
    WriteWhatIsRefused,
}
