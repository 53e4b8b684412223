using Sync.Etcd.Api;

namespace Sync.Etcd.Client.Mirroring;

/// <summary>All that one revision did in the watched ranges.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Events">In the store's order within a range; ranges follow each other.</param>
internal readonly record struct JoinedRevision(long Revision, IReadOnlyList<Event> Events);

/// <summary>
/// Puts the answers of the watchers of one stream together again: fragments to answers, and the parts that
/// several watchers got of one revision to that revision.
/// </summary>
/// <remarks>
/// A revision is given out once every watcher is known to have told all it has of it. With one watcher that is
/// at once, for an answer never splits a revision but in fragments. With several it takes the server's word
/// that all of them are that far (<see cref="PassAll"/>), because a watcher without a part stays silent.
/// <code>
/// range 0: put a@5          put b@7          released: (nothing yet)
/// range 1: put x@5
/// all passed 6                               released: 5 {a, x}
/// all passed 7                               released: 7 {b}
/// </code>
/// </remarks>
internal sealed class RevisionJoin
{
    private readonly long _floor;
    private readonly List<Event>[] _fragments;
    private readonly long[] _passed;
    private readonly SortedDictionary<long, List<Event>[]> _pending = [];

    /// <summary>Begins after a revision.</summary>
    /// <param name="watchers">How many watchers the stream has, 1 or more.</param>
    /// <param name="floor">The revision already known; answers at or below it are dropped.</param>
    public RevisionJoin(int watchers, long floor)
    {
        _floor = floor;
        Revision = floor;
        _fragments = [.. Enumerable.Range(0, watchers).Select(_ => new List<Event>())];
        _passed = [.. Enumerable.Repeat(floor, watchers)];
    }

    /// <summary>Everything up to this revision has been given out. Never falls.</summary>
    public long Revision { get; private set; }

    /// <summary>Whether a revision is held back until all watchers have passed it.</summary>
    public bool IsWaiting => _pending.Count > 0;

    /// <summary>Takes one answer of a watcher.</summary>
    /// <param name="watcher">Its place among the watchers, from 0.</param>
    /// <param name="answer">Events, a fragment of some, or the news that nothing happened.</param>
    /// <returns>False when it speaks of a revision that was given out already; nothing is taken then.</returns>
    public bool Take(int watcher, WatchResponse answer)
    {
        var gathered = _fragments[watcher];
        gathered.AddRange(answer.Events);
        if (answer.Fragment)
        {
            return true;
        }

        var events = gathered.ToArray();
        gathered.Clear();
        if (events.Length == 0)
        {
            Pass(watcher, answer.Header.Revision);
            return true;
        }

        var news = events.Where(happened => happened.Kv.ModRevision > _floor).ToList();
        if (news.Exists(happened => happened.Kv.ModRevision <= Revision))
        {
            return false;
        }

        foreach (var happened in news)
        {
            PartOf(happened.Kv.ModRevision)[watcher].Add(happened);
            Pass(watcher, happened.Kv.ModRevision);
        }

        return true;
    }

    /// <summary>Takes the server's word that every watcher has told all up to a revision.</summary>
    public void PassAll(long revision)
    {
        for (var watcher = 0; watcher < _passed.Length; watcher++)
        {
            Pass(watcher, revision);
        }
    }

    /// <summary>Gives out the revisions that are whole, in order, each once.</summary>
    public IReadOnlyList<JoinedRevision> Release()
    {
        var whole = _passed.Min();
        var released = _pending.TakeWhile(part => part.Key <= whole)
            .Select(part => new JoinedRevision(part.Key, [.. part.Value.SelectMany(events => events)]))
            .ToList();
        released.ForEach(joined => _pending.Remove(joined.Revision));
        Revision = Math.Max(Revision, whole);

        return released;
    }

    private void Pass(int watcher, long revision) => _passed[watcher] = Math.Max(_passed[watcher], revision);

    private List<Event>[] PartOf(long revision)
    {
        if (!_pending.TryGetValue(revision, out var parts))
        {
            parts = [.. _passed.Select(_ => new List<Event>())];
            _pending.Add(revision, parts);
        }

        return parts;
    }
}
