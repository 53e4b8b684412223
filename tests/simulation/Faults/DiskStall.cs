using Sync.Raft;
using Sync.Simulation.Clusters;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Faults;

/// <summary>
/// Lets the leader's disk hang. Where all else is well nothing else goes wrong meanwhile, and then another member must lead
/// soon, for nobody who waits for an answer of the leader's gets one.
/// </summary>
internal sealed class DiskStall(Cluster cluster)
{
    private const long Duration = 8 * Durations.Second;

    // Two seconds until the leader takes it for a stall, and time to find a successor that holds everything.
    private const long HandoverTime = 5 * Durations.Second;

    private long _calmUntil;

    /// <summary>Whether nothing else is to go wrong now.</summary>
    public bool NeedsCalm => Queue.Now < _calmUntil;

    /// <summary>Begins.</summary>
    public void Begin()
    {
        if (cluster.Leader is not { } leader)
        {
            return;
        }

        var voters = leader.Status.Configuration.Voters;
        var processes = voters.Select(cluster.ProcessOf).ToList();
        var isWell = processes.TrueForAll(IsWell);
        leader.Node.HangDiskFor(Duration);
        if (voters.Length < 3 || !isWell || IsNetworkFaulty(voters) || Queue.Now + HandoverTime > RunSettings.FaultsEnd)
        {
            return;
        }

        _calmUntil = Queue.Now + Duration;
        var (changes, term) = (cluster.Observer.Membership.Changes, leader.Status.Term);
        Queue.After(HandoverTime, () =>
        {
            if (changes == cluster.Observer.Membership.Changes && processes.SequenceEqual(voters.Select(cluster.ProcessOf))
                && cluster.Leader == leader && leader.Status.Term == term)
            {
                throw new SimulationException(
                    $"{leader.Id} leads on, though its disk has been hanging for {HandoverTime / Durations.Second} s");
            }
        });
    }

    private EventQueue Queue => cluster.Queue;

    private bool IsWell(MemberProcess? process) =>
        process is { Node: { IsPaused: false, SyncSlowdown: 1, RawDisk.IsFull: false } node } && node.DiskHangsUntil <= Queue.Now;

    private bool IsNetworkFaulty(IReadOnlyList<MemberId> voters) =>
        (cluster.Settings.Faults & (FaultKind.Loss | FaultKind.Delay)) != FaultKind.None
        || voters.Any(from => voters.Any(to => cluster.Network.IsCut(from, to)));
}
