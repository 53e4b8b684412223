using Sync.Metad.Model.Backends;

namespace Sync.Metad.Endpoints;

/// <summary>A write of the manage API as far as it is decided before the backend is asked.</summary>
/// <param name="Operations">What to do.</param>
/// <param name="Places">The ranges <c>[start, end)</c> that the write is about, for its conditions.</param>
/// <param name="Problem">Why nothing is done; null when something is.</param>
/// <param name="IsWhole">States that it is done in one transaction or not at all.</param>
internal sealed record PlannedWrite(
    IReadOnlyList<BackendOperation> Operations,
    IReadOnlyList<(byte[] Start, byte[] End)> Places,
    string? Problem,
    bool IsWhole)
{
    /// <summary>Something is done.</summary>
    /// <param name="operations">What to do.</param>
    /// <param name="places">What the write is about.</param>
    public static PlannedWrite Of(
        IReadOnlyList<BackendOperation> operations, IReadOnlyList<(byte[] Start, byte[] End)> places) =>
        new(operations, places, Problem: null, IsWhole: false);

    /// <summary>Nothing is done.</summary>
    /// <param name="problem">Why, as the caller is told.</param>
    public static PlannedWrite Refused(string problem) => new([], [], problem, IsWhole: false);
}
