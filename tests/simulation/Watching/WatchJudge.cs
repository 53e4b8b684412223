using Sync.Simulation.Checking;
using Sync.Simulation.Histories;

namespace Sync.Simulation.Watching;

/// <summary>Compares what one watch was told with the committed history.</summary>
internal sealed class WatchJudge
{
    private readonly WatchRecord _record;
    private readonly Replay _replay;
    private readonly List<WatchFault> _faults = [];
    private readonly HashSet<(long Revision, string Key)> _heard = [];

    // Everything that the watch wants before this revision has been told.
    private long _next;
    private long _lastEvent;
    private long _bookmark;

    private WatchJudge(WatchRecord record, Replay replay) => (_record, _replay) = (record, replay);

    /// <summary>Judges a watch.</summary>
    /// <returns>The promises that it broke; empty when it kept all.</returns>
    public static IReadOnlyList<WatchFault> Judge(WatchRecord record, Replay replay)
    {
        var judge = new WatchJudge(record, replay);
        judge.Run();
        return judge._faults;
    }

    private void Run()
    {
        if (_record.Answers.Count == 0)
        {
            Check(!_record.IsLive, WatchGuarantee.Reliable, "the watch was never created");
            return;
        }

        if (_record.Answers[0] is not WatchAnswer.Created created)
        {
            Fault(WatchGuarantee.Ordered, "the watch told something before it was created");
            return;
        }

        _next = _record.Start > 0 ? _record.Start : created.Revision + 1;
        foreach (var answer in _record.Answers.Skip(1))
        {
            switch (answer)
            {
                case WatchAnswer.Events events:
                    Take(events.All);
                    break;
                case WatchAnswer.Progress progress:
                    Take(progress);
                    break;
                case WatchAnswer.Compacted compacted:
                    Check(_next <= compacted.CompactRevision, WatchGuarantee.Reliable,
                        $"it was ended by compaction {compacted.CompactRevision}, and it had told everything before {_next}");
                    return;
                case WatchAnswer.Created:
                    Fault(WatchGuarantee.Unique, "the watch was created twice");
                    break;
            }
        }

        if (_record.IsLive)
        {
            Check(FirstMissing(_replay.Last.Revision) is null, WatchGuarantee.Reliable,
                $"revision {FirstMissing(_replay.Last.Revision)} was never told");
        }
    }

    private void Take(Items<KvEvent> events)
    {
        foreach (var told in events)
        {
            Take(told);
        }

        foreach (var revision in events.Select(told => told.Pair.Mod).Distinct())
        {
            var wanted = Wanted(revision).Count();
            Check(events.Count(told => told.Pair.Mod == revision) >= wanted, WatchGuarantee.Atomic,
                $"of {wanted} events of revision {revision}, some are missing in its response");
        }
    }

    private void Take(KvEvent told)
    {
        var revision = told.Pair.Mod;
        Check(_record.Matches(told), WatchGuarantee.Filtered, $"nobody asked for {told}");
        if (!_heard.Add((revision, told.Pair.Key)))
        {
            Fault(WatchGuarantee.Unique, $"{told} came twice");
            return;
        }

        Check(revision >= _lastEvent, WatchGuarantee.Ordered, $"revision {revision} came after {_lastEvent}");
        Check(revision > _bookmark, WatchGuarantee.Bookmarkable, $"revision {revision} came after progress {_bookmark}");
        if (FirstMissing(revision - 1) is { } missing)
        {
            Fault(_lastEvent == 0 ? WatchGuarantee.Resumable : WatchGuarantee.Reliable,
                $"revision {missing} is missing before {revision}");
        }

        Check(_lastEvent > 0 || revision >= _next, WatchGuarantee.Resumable, $"revision {revision} comes before the start {_next}");
        CheckContent(told);
        _lastEvent = Math.Max(_lastEvent, revision);
        _next = Math.Max(_next, revision + 1);
    }

    private void CheckContent(KvEvent told)
    {
        var happened = _replay.EventsAt(told.Pair.Mod)
            .FirstOrDefault(change => change.Pair.Key == told.Pair.Key && change.IsDelete == told.IsDelete);
        if (happened is null)
        {
            Fault(WatchGuarantee.Reliable, $"{told} never happened");
            return;
        }

        var (here, there) = (told.Pair, happened.Pair);
        Check(here.Create == there.Create && here.Version == there.Version, WatchGuarantee.IsCreate,
            $"{here} has other numbers than {there}");
        Check(here.Value == there.Value && here.Lease == there.Lease, WatchGuarantee.Reliable,
            $"{here} has another content than {there}");

        // A compaction may have taken the pair before away.
        var mayLack = told.Pair.Mod - 1 < _replay.Last.Compacted;
        Check(_record.WithPrevious
                ? told.Previous == happened.Previous || (told.Previous is null && mayLack)
                : told.Previous is null,
            WatchGuarantee.PreviousPair, $"the pair before {here} is {told.Previous}, and was {happened.Previous}");
    }

    private void Take(WatchAnswer.Progress progress)
    {
        Check(progress.Revision <= _replay.Last.Revision, WatchGuarantee.Bookmarkable,
            $"revision {progress.Revision} of a progress notice never happened");
        Check(FirstMissing(progress.Revision) is null, WatchGuarantee.Bookmarkable,
            $"progress {progress.Revision} came before revision {FirstMissing(progress.Revision)}");
        _bookmark = Math.Max(_bookmark, progress.Revision);
        _next = Math.Max(_next, progress.Revision + 1);
    }

    private long? FirstMissing(long until)
    {
        for (var revision = _next; revision <= Math.Min(until, _replay.Last.Revision); revision++)
        {
            if (Wanted(revision).Any())
            {
                return revision;
            }
        }

        return null;
    }

    private IEnumerable<KvEvent> Wanted(long revision) => _replay.EventsAt(revision).Where(_record.Matches);

    private void Check(bool holds, WatchGuarantee guarantee, string reason)
    {
        if (!holds)
        {
            Fault(guarantee, reason);
        }
    }

    private void Fault(WatchGuarantee guarantee, string reason) => _faults.Add(new WatchFault(guarantee, reason));
}
