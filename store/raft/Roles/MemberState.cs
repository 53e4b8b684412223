using Sync.Raft.Log;
using Sync.Raft.Membership;
using Sync.Raft.Messages;
using Sync.Raft.Reads;
using Sync.Raft.Snapshots;

namespace Sync.Raft.Roles;

/// <summary>
/// What a member keeps whatever its role is: term and vote, the log, who votes, and what waits to be told.
/// </summary>
internal sealed class MemberState
{
    private readonly Random _random;
    private PendingWrite _durable;

    /// <summary>A member as it was when it last stopped.</summary>
    public MemberState(
        ConsensusSettings settings, HardState restored, GroupConfiguration configuration, RaftLog log,
        Random random)
    {
        Settings = settings;
        Configuration = configuration;
        Log = log;
        _random = random;
        Term = restored.Term;
        Vote = restored.Vote;
        _durable = new PendingWrite(ReadyNumber: 0, log.LastIndex, restored.Term, restored.Vote, log.Commit);
    }

    /// <summary>What the member was told when it started.</summary>
    public ConsensusSettings Settings { get; }

    /// <summary>Who votes and who listens, as of the last change that was applied.</summary>
    public GroupConfiguration Configuration { get; set; }

    /// <summary>The log.</summary>
    public RaftLog Log { get; }

    /// <summary>What waits to be sent.</summary>
    public Outbox Outbox { get; } = new();

    /// <summary>Reads that were answered.</summary>
    public List<ReadState> ReadStates { get; private set; } = [];

    /// <summary>Followers that need a snapshot.</summary>
    public List<SnapshotNeed> SnapshotNeeds { get; private set; } = [];

    /// <summary>A snapshot that was accepted and that the owner was not told of yet.</summary>
    public SnapshotHeader? SnapshotToInstall { get; private set; }

    /// <summary>Writes under way.</summary>
    public PendingWrites Writes { get; } = new();

    /// <summary>The latest term seen. Never falls.</summary>
    public Term Term { get; private set; }

    /// <summary>Who has this member's vote in <see cref="Term"/>; once given it stays.</summary>
    public MemberId Vote { get; private set; }

    /// <summary>This member.</summary>
    public MemberId Self => Settings.Member;

    /// <summary>Whether this member votes.</summary>
    public bool IsVoter => Configuration.IsVoter(Self);

    /// <summary>
    /// Whether this member may stand for election: it votes, and its configuration and state are not known to be
    /// old. See <see cref="ConfigurationMarks"/>.
    /// </summary>
    public bool MayStand => IsVoter && !Log.IsInstalling && !Log.HasCommittedChange;

    /// <summary>Whether the vote given in this term would survive a crash now.</summary>
    public bool IsVoteDurable => _durable.Term == Term && _durable.Vote == Vote;

    /// <summary>Goes on to a newer term, in which no vote is given.</summary>
    public void EnterTerm(Term term)
    {
        Invariant.Require(term > Term, $"terms only grow: {term} after {Term}");
        (Term, Vote) = (term, MemberId.None);
    }

    /// <summary>Gives the vote of this term.</summary>
    public void VoteFor(MemberId candidate)
    {
        Invariant.Require(
            Vote == MemberId.None || Vote == candidate, $"one vote a term: {Vote} has it, {candidate} asks");
        Vote = candidate;
    }

    /// <summary>Takes note of a finished write.</summary>
    /// <returns>Whether the configuration changed with it.</returns>
    public bool Persisted(PendingWrite write)
    {
        _durable = write;
        if (write.Snapshot is { } snapshot)
        {
            Log.Installed();
            Configuration = snapshot.Configuration;
        }

        Log.PersistedTo(write.LastIndex);
        Log.CommitPersistedTo(write.Commit);
        return write.Snapshot is not null;
    }

    /// <summary>Accepts a snapshot.</summary>
    public void Install(SnapshotHeader snapshot)
    {
        Log.Install(snapshot, Writes);
        SnapshotToInstall = snapshot;
    }

    /// <summary>Takes the snapshot to install.</summary>
    public SnapshotHeader? TakeSnapshot()
    {
        var snapshot = SnapshotToInstall;
        SnapshotToInstall = null;
        return snapshot;
    }

    /// <summary>Takes the followers that need a snapshot.</summary>
    public IReadOnlyList<SnapshotNeed> TakeSnapshotNeeds()
    {
        if (SnapshotNeeds.Count == 0)
        {
            return [];
        }

        var needs = SnapshotNeeds;
        SnapshotNeeds = [];
        return needs;
    }

    /// <summary>A new wait for an election, drawn anew each time.</summary>
    public ElectionTimer StartElectionTimer() =>
        new(Settings.ElectionTicks + _random.Next(Settings.ElectionTicks));

    /// <summary>Takes the answered reads.</summary>
    public IReadOnlyList<ReadState> TakeReadStates()
    {
        if (ReadStates.Count == 0)
        {
            return [];
        }

        var answered = ReadStates;
        ReadStates = [];
        return answered;
    }
}
