using Sync.Mvcc.Watching;
using Sync.Simulation.Histories;

namespace Sync.Simulation.Bugs;

/// <summary>Changes what a member tells watchers, as if its watch hub had made the mistake.</summary>
internal sealed class BuggyWatches(PlantedBug bug, Random random)
{
    private const int ResponsesPerMistake = 50;

    /// <summary>Whether progress is told without looking.</summary>
    public bool PromisesTooEarly => bug == PlantedBug.PromiseProgressTooEarly;

    /// <summary>What the hub is asked for instead.</summary>
    public WatchRequest Requested(WatchRequest request) => bug switch
    {
        PlantedBug.IgnoreFilter => request with { NoPuts = false, NoDeletes = false },
        PlantedBug.StartTooLate when request.StartRevision.IsSome =>
            request with { StartRevision = request.StartRevision.Next },
        _ => request,
    };

    /// <summary>What the client is told instead.</summary>
    /// <param name="answer">What the hub says.</param>
    /// <param name="compacted">The member's last compaction.</param>
    public IEnumerable<WatchAnswer> Told(WatchAnswer answer, long compacted)
    {
        if (bug == PlantedBug.None || answer is not WatchAnswer.Events events)
        {
            return [answer];
        }

        var isMistaken = random.Next(ResponsesPerMistake) == 0;
        return bug switch
        {
            PlantedBug.RepeatEvents when isMistaken => [answer, answer],
            PlantedBug.LoseEvents when isMistaken => [],
            PlantedBug.SplitRevision => events.All.Select(one => events with { All = new Items<KvEvent>([one]) }),
            PlantedBug.LoseDeletesAtCompaction =>
                Changed(events, all => all.Where(one => !one.IsDelete || one.Pair.Mod > compacted)),
            PlantedBug.LosePreviousPair when isMistaken => Changed(events, all => all.Select(one => one with { Previous = null })),
            PlantedBug.LoseVersion when isMistaken =>
                Changed(events, all => all.Select(one => one with { Pair = one.Pair with { Version = 1 } })),
            _ => [answer],
        };
    }

    private static IEnumerable<WatchAnswer> Changed(WatchAnswer.Events events, Func<IEnumerable<KvEvent>, IEnumerable<KvEvent>> change)
    {
        var all = change(events.All).ToList();
        return all.Count == 0 ? [] : [events with { All = new Items<KvEvent>(all) }];
    }
}
