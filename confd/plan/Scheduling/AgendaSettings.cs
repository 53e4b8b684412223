namespace Sync.Confd.Plan.Scheduling;

/// <summary>What an <see cref="Agenda"/> goes by.</summary>
public sealed record AgendaSettings
{
    /// <summary>How long a change waits for further ones, for resources that do not say. Default: not at all.</summary>
    public Quiescence Wait { get; init; } = Quiescence.None;

    /// <summary>The pauses before a failed turn or reload is repeated. Default: 1 s, doubling to 1 min.</summary>
    public Backoff Retry { get; init; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>How many groups may be in work at once. Default 8; further ones wait.</summary>
    public int GroupsMax { get; init; } = 8;

    /// <summary>Whether every resource's reload runs once at the start.</summary>
    public bool ReloadsAtStart { get; init; }
}
