using Sync.Confd.Plan.Actions;
using Sync.Confd.Plan.Resources;

namespace Sync.Confd.Plan.Scheduling;

/// <summary>
/// Knows which resources have to be done, and when. A resource is due while its input has changed, while its last
/// turn failed, or while a reload is owed; nothing but a turn that succeeded takes it off.
/// </summary>
/// <remarks>
/// Time is the caller's: any clock that never goes back, as the time since its start. Resources that share a reload
/// command are one group: they take their turns together, and never twice at once, so that the command runs once
/// after all of them and never beside itself. Not for use by several threads.
/// </remarks>
public sealed class Agenda
{
    private readonly AgendaSettings _settings;
    private readonly List<Entry> _entries;

    /// <summary>Begins with every resource due.</summary>
    /// <param name="resources">The resources, in the order in which they are done; each destination once.</param>
    /// <param name="settings">Pauses and limits.</param>
    public Agenda(IEnumerable<Resource> resources, AgendaSettings settings)
    {
        _settings = settings;
        _entries = [.. resources.Select((resource, position) => new Entry(resource, GroupOf(resource, position)))];
        foreach (var entry in _entries)
        {
            entry.FirstChange = TimeSpan.MinValue;
            entry.LastChange = TimeSpan.MinValue;
            entry.ReloadAt = settings.ReloadsAtStart && entry.Resource.ReloadCommand is not null
                ? TimeSpan.MinValue
                : null;
        }
    }

    /// <summary>The resources, in order.</summary>
    public IEnumerable<Resource> Resources => _entries.Select(entry => entry.Resource);

    /// <summary>Whether nothing is due and nothing in work.</summary>
    public bool IsIdle => _entries.All(entry => !entry.IsInWork && entry.DueAt(_settings.Wait) is null);

    /// <summary>Whether a turn is in work.</summary>
    public bool IsWorking => _entries.Any(entry => entry.IsInWork);

    /// <summary>Destinations whose reload is owed.</summary>
    public IEnumerable<string> OwedReloads =>
        _entries.Where(entry => entry.ReloadAt is not null).Select(entry => entry.Resource.Destination);

    /// <summary>Notes that a resource's input changed.</summary>
    public void Change(Resource resource, TimeSpan now)
    {
        var entry = EntryOf(resource);
        entry.FirstChange ??= now;
        entry.LastChange = now;
    }

    /// <summary>Notes that a reload is owed from before, as after a change of the configuration.</summary>
    /// <param name="destinations">What <see cref="OwedReloads"/> of the former agenda said.</param>
    /// <param name="now">The time.</param>
    public void Owe(IReadOnlyCollection<string> destinations, TimeSpan now)
    {
        foreach (var entry in _entries.Where(entry => destinations.Contains(entry.Resource.Destination)))
        {
            entry.ReloadAt = entry.Resource.ReloadCommand is null ? null : now;
        }
    }

    /// <summary>Takes the groups whose time has come, and counts them as in work until <see cref="Finish"/>.</summary>
    /// <returns>Groups of turns, in the order of the resources.</returns>
    public IReadOnlyList<IReadOnlyList<Turn>> Take(TimeSpan now)
    {
        var busy = BusyGroups();
        var groups = _entries
            .Where(entry => !busy.Contains(entry.Group) && entry.DueAt(_settings.Wait) <= now)
            .GroupBy(entry => entry.Group)
            .Take(Math.Max(0, _settings.GroupsMax - busy.Count));

        return [.. groups.Select(group => group.Select(entry => entry.Begin(now)).ToList())];
    }

    /// <summary>Notes how a turn ended.</summary>
    /// <param name="resource">The resource of the turn.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">From 0 to below 1, spreads the pause before a repetition.</param>
    public void Finish(Resource resource, TurnOutcome outcome, TimeSpan now, double chance)
    {
        var entry = EntryOf(resource);
        entry.IsInWork = false;
        entry.Failures = outcome.IsInPlace ? 0 : entry.Failures + 1;
        entry.RetryAt = outcome.IsInPlace ? null : now + _settings.Retry.PauseAfter(entry.Failures, chance);
        switch (outcome.Reload)
        {
            case ReloadOutcome.Done:
                entry.ReloadFailures = 0;
                entry.ReloadAt = null;
                entry.LastReload = now;
                break;
            case ReloadOutcome.Failed:
                entry.ReloadFailures++;
                entry.ReloadAt = now + _settings.Retry.PauseAfter(entry.ReloadFailures, chance);
                break;
            case ReloadOutcome.PutOff:
                entry.ReloadAt = entry.LastReload + resource.ReloadInterval ?? now;
                break;
            case ReloadOutcome.NotDue:
                break;
        }
    }

    /// <summary>When to call <see cref="Take"/> again, unless something happens before.</summary>
    /// <returns>Null when only an event can make something due.</returns>
    public TimeSpan? NextAt()
    {
        var busy = BusyGroups();
        return busy.Count >= _settings.GroupsMax
            ? null
            : _entries.Where(entry => !busy.Contains(entry.Group)).Min(entry => entry.DueAt(_settings.Wait));
    }

    private static string GroupOf(Resource resource, int position) =>
        resource.ReloadCommand is { NamesPaths: false } command ? command.Identity : $"\0{position}";

    private HashSet<string> BusyGroups() =>
        [.. _entries.Where(entry => entry.IsInWork).Select(entry => entry.Group)];

    private Entry EntryOf(Resource resource) =>
        _entries.Find(entry => ReferenceEquals(entry.Resource, resource))
        ?? throw new ArgumentException($"{resource.Destination} is not on the agenda.", nameof(resource));

    /// <summary>What is known of one resource between its turns.</summary>
    private sealed class Entry(Resource resource, string group)
    {
        public Resource Resource { get; } = resource;

        public string Group { get; } = group;

        public bool IsInWork { get; set; }

        /// <summary>The first change that no turn has begun after; null when there is none.</summary>
        public TimeSpan? FirstChange { get; set; }

        /// <summary>The last change; meaningful while <see cref="FirstChange"/> is set, and not before it.</summary>
        public TimeSpan LastChange { get; set; }

        public int Failures { get; set; }

        public TimeSpan? RetryAt { get; set; }

        public int ReloadFailures { get; set; }

        /// <summary>When an owed reload may run; null when none is owed.</summary>
        public TimeSpan? ReloadAt { get; set; }

        public TimeSpan? LastReload { get; set; }

        public TimeSpan? DueAt(Quiescence wait) => new[] { RipeAt(wait), RetryAt, ReloadAt }.Min();

        public Turn Begin(TimeSpan now)
        {
            IsInWork = true;
            FirstChange = null;
            RetryAt = null;
            if (ReloadAt <= now)
            {
                return new Turn(Resource, ReloadDue.Always);
            }

            var isTooSoon = LastReload is { } last && now < last + Resource.ReloadInterval;
            return new Turn(Resource, isTooSoon ? ReloadDue.Later : ReloadDue.OnChange);
        }

        // The first turn of all waits for nothing: MinValue plus any wait would still be in the past.
        private TimeSpan? RipeAt(Quiescence wait) => FirstChange switch
        {
            null => null,
            { } first when first == TimeSpan.MinValue => first,
            { } first => (Resource.Wait ?? wait).RipeAt(first, LastChange),
        };
    }
}
