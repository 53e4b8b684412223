namespace Sync.Confd.Plan.Scheduling;

/// <summary>How one resource's turn ended.</summary>
/// <param name="IsInPlace">Whether the destination now is what the keys said when the turn began.</param>
/// <param name="Reload">What became of its reload.</param>
public readonly record struct TurnOutcome(bool IsInPlace, ReloadOutcome Reload);

/// <summary>What became of a reload in a turn.</summary>
public enum ReloadOutcome
{
    /// <summary>None was due.</summary>
    NotDue,

    /// <summary>It succeeded.</summary>
    Done,

    /// <summary>It failed, and is owed.</summary>
    Failed,

    /// <summary>It was put off to keep the least time between two reloads, and is owed.</summary>
    PutOff,
}
