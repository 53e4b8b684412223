using Sync.Simulation.Bugs;
using Sync.Simulation.Checking;
using Sync.Simulation.Clients;
using Sync.Simulation.Clusters;
using Sync.Simulation.Faults;
using Sync.Simulation.Histories;
using Sync.Simulation.Membership;
using Sync.Simulation.Scheduling;
using Sync.Simulation.Space;

namespace Sync.Simulation;

/// <summary>
/// One life of a cluster, all of it decided by a seed: first everything goes wrong that the store promises to stand,
/// then all heals and it must work again. In the end every answer, watch and lease is judged.
/// </summary>
internal sealed class SimulationRun
{
    private readonly RunSettings _settings;
    private readonly EventQueue _queue = new();
    private readonly History _history = new();
    private readonly RunTrace _trace;
    private readonly Cluster _cluster;
    private readonly Operator _operator;
    private readonly SpaceOperator _spaceOperator;
    private readonly Random _random;

    private SimulationRun(RunSettings settings)
    {
        _settings = settings;
        _random = new Random(unchecked(settings.Seed * 7919));
        _trace = new RunTrace(_queue);
        _cluster = new Cluster(settings, _queue, _trace, new Random(_random.Next()));
        _operator = new Operator(_cluster, new Random(_random.Next()));
        _spaceOperator = new SpaceOperator(_cluster, _history, new Random(_random.Next()));
    }

    /// <summary>Runs a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="bug">A mistake that all members make.</param>
    public static RunReport Of(int seed, PlantedBug bug = PlantedBug.None) =>
        new SimulationRun(RunSettings.Of(seed, bug)).Run();

    private RunReport Run()
    {
        var judge = new HistoryJudge(_cluster, _history);
        string? violation = null;
        try
        {
            Begin();
            RunToTheEnd();
            judge.Judge(_operator.Open);
        }
#pragma warning disable CA1031 // Whatever a member throws is a finding: broken invariants, damage after legal faults, anything.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            violation = failure is SimulationException ? failure.Message : failure.ToString();
        }

        return new RunReport
        {
            Settings = _settings,
            Violation = violation,
            Hash = _trace.Hash,
            Operations = _history.Operations.Count,
            Unknown = _history.Operations.Count(operation => operation.Return == HistoryOperation.Never && !operation.HasFailed),
            Refused = _history.Operations.Count(operation => operation.IsForbidden),
            Committed = _cluster.Observer.CommittedEntries.Count,
            Leaders = _cluster.Observer.Leaders,
            Changes = _cluster.Observer.Membership.Changes,
            Boots = _cluster.Boots,
            Snapshots = _cluster.Observer.Snapshots,
            WatchAnswers = _history.Watches.Sum(watch => watch.Answers.Count),
            Events = _queue.Handled,
            Undecided = judge.Undecided,
            LastEvents = violation is null ? "" : _trace.Last(),
        };
    }

    // To a moment at which nothing is on its way: a lease may end in the last second.
    private void RunToTheEnd()
    {
        _queue.RunUntil(RunSettings.End);
        while (_cluster.Observer.CommittedEntries is [.., var last] && _queue.Now < RunSettings.LatestEnd
            && (_queue.Now - last.FirstApplied < Durations.Second || _operator.Open is not null
                || _cluster.Observer.Alarms.Last.Count > 0))
        {
            _queue.RunUntil(_queue.Now + Durations.Second);
        }
    }

    private void Begin()
    {
        foreach (var node in _cluster.Nodes)
        {
            _cluster.Start(node);
        }

        var workload = new Workload(new Random(_random.Next()));
        for (var number = 1; number <= _settings.Clients; number++)
        {
            new ClientActor(_cluster, _history, workload, number, new Random(_random.Next())).Start();
        }

        for (var number = 0; number < _settings.Watchers; number++)
        {
            new WatcherActor(_cluster, _history, new Random(_random.Next())).Start();
        }

        new Nemesis(_cluster, _history, new Random(_random.Next())).Start();
        _operator.Start();
        _spaceOperator.Start();
    }
}
