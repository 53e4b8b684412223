using Sync.Member.Membership;
using Sync.Mvcc.Alarms;
using Sync.Raft;
using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Membership;

/// <summary>
/// Who runs the cluster: lets members join, as learners or with a vote, leave and move, and replaces those whose disk
/// is lost or whose data differs. One plan is carried out at a time, so that never more is lost than a majority bears; a
/// change whose outcome is unknown is asked for again until the members are as wanted.
/// </summary>
internal sealed class Operator(Cluster cluster, Random random)
{
    // Of a call to a process that died with it.
    private const long Patience = 3 * Durations.Second;
    private const long LookInterval = 200 * Durations.Millisecond;

    private readonly Queue<Goal> _plan = new();
    private readonly int _votersLeast = Math.Min(cluster.Settings.Members, 4);
    private readonly int _votersMost = Math.Max(3, cluster.Settings.Members + 1);
    private bool _isAsking;
    private long _nextPlan;

    // Where the last goal was seen to be reached: who has applied less knows less than the operator.
    private LogIndex _seen;

    /// <summary>What is still to be done; null when nothing is.</summary>
    public Goal? Open => _plan.TryPeek(out var goal) ? goal : null;

    /// <summary>Begins, if the run has such changes.</summary>
    public void Start()
    {
        if ((cluster.Settings.Faults & (FaultKind.Membership | FaultKind.DiskLoss | FaultKind.Rot)) != FaultKind.None)
        {
            _nextPlan = NextPlan();
            Look();
        }
    }

    // What differs may be found some time after the faults.
    private long EndOfWork =>
        cluster.Settings.Faults.HasFlag(FaultKind.Rot) ? RunSettings.ClientsEnd : RunSettings.FaultsEnd;

    private long NextPlan() => cluster.Queue.Now + random.Spread(Durations.Second, 8 * Durations.Second);

    private void Look()
    {
        // Who has applied most knows best; what it has applied is so for good.
        if (!_isAsking && cluster.Newest is { } newest && newest.Status.Applied >= _seen)
        {
            _seen = newest.Status.Applied;
            Pursue(newest.Status.Members, newest.View.Alarms);
        }

        if (Open is not null || cluster.Queue.Now < EndOfWork)
        {
            cluster.Queue.After(LookInterval, Look);
        }
    }

    private void Pursue(ClusterMembers members, IReadOnlyList<Alarm> alarms)
    {
        while (Open is { } goal && goal.IsReached(members))
        {
            _plan.Dequeue();
            cluster.Trace.Note(TraceKind.Change, (long)goal.Member.Value, _plan.Count, words: goal);
            if (goal is Goal.Joined)
            {
                cluster.Join(goal.Member, members);
            }
        }

        if (Open is { } next)
        {
            Ask(next.Change);
        }
        else if (members.All.FirstOrDefault(
            member => alarms.Contains(new Alarm(member.Id.Value, AlarmType.Corrupt))) is { } diverged)
        {
            Replace(diverged.Id);
        }
        else if (cluster.Queue.Now >= _nextPlan && cluster.Queue.Now < RunSettings.FaultsEnd)
        {
            Plan(members);
            _nextPlan = NextPlan();
        }
    }

    private void Ask(ClusterChange change)
    {
        if (cluster.Leader is not { } leader)
        {
            return;
        }

        _isAsking = true;
        var open = new OpenChange(change, () => cluster.Queue.After(cluster.Network.NextDelay(), () => _isAsking = false));
        cluster.Queue.After(cluster.Network.NextDelay(), () => leader.Take(open));
        cluster.Queue.After(Patience, open.End);
    }

    private void Plan(ClusterMembers members)
    {
        var voters = members.All.Where(member => !member.IsLearner).Select(member => member.Id).ToList();
        var any = voters[random.Next(voters.Count)];
        if (cluster.Settings.Faults.HasFlag(FaultKind.DiskLoss) && voters.Count >= 3 && IsKnownToAll(voters)
            && (random.Chance(0.4) || !cluster.Settings.Faults.HasFlag(FaultKind.Membership)))
        {
            if (cluster.LoseDisk(any))
            {
                Replace(any);
            }

            return;
        }

        if (!cluster.Settings.Faults.HasFlag(FaultKind.Membership))
        {
            return;
        }

        switch (random.Next(6))
        {
            case 0:
                _plan.Enqueue(new Goal.Moved(any, $"http://peer-{any}/{random.Next(1000)}"));
                break;
            case 1 when cluster.Leader is { } leader && voters.Count > _votersLeast:
                _plan.Enqueue(new Goal.Gone(leader.Id));
                break;
            case <= 2 when voters.Count > _votersLeast:
                _plan.Enqueue(new Goal.Gone(any));
                break;
            case 3 when voters.Count >= 3:
                // In its place at once, as when a machine is exchanged.
                Replace(any);
                break;
            default:
                EnlargeOrShrink(voters);
                break;
        }
    }

    // A member decides by the changes that it knows to be made. While one of those who are needed does not know the last one,
    // the loss of another may be one too many.
    private bool IsKnownToAll(List<MemberId> voters) => voters.All(
        voter => cluster.ProcessOf(voter)?.Status.Configuration.Equals(cluster.Observer.Membership.Last) == true);

    private void EnlargeOrShrink(List<MemberId> voters)
    {
        if (voters.Count < _votersMost)
        {
            Enlarge();
        }
        else
        {
            _plan.Enqueue(new Goal.Gone(voters[random.Next(voters.Count)]));
        }
    }

    private void Replace(MemberId member)
    {
        _plan.Enqueue(new Goal.Gone(member));
        Enlarge();
    }

    private void Enlarge()
    {
        var member = cluster.NextMember();
        var asLearner = random.Chance(0.5);
        _plan.Enqueue(new Goal.Joined(member, asLearner));
        if (asLearner && random.Chance(0.8))
        {
            _plan.Enqueue(new Goal.Votes(member));
        }
        else if (asLearner)
        {
            _plan.Enqueue(new Goal.Gone(member));
        }
    }
}
