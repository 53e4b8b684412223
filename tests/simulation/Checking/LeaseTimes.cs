using System.Globalization;
using Sync.Simulation.Histories;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Checking;

/// <summary>Whether a lease lived as long as it was promised.</summary>
internal static class LeaseTimes
{
    // Clocks run apart by a hundredth at most.
    private const double ShortestSecond = Durations.Second / 1.011;

    /// <summary>Looks for a promise that the end of a lease broke.</summary>
    /// <param name="grant">The lease's grant; null when nobody asked for it.</param>
    /// <param name="operations">All operations on the lease.</param>
    /// <param name="end">When the lease was seen to be ended.</param>
    /// <returns>Which promise it broke; null when none.</returns>
    public static string? Faults(HistoryOperation? grant, IEnumerable<HistoryOperation> operations, long end)
    {
        if (grant?.Request is not KvRequest.Grant { TtlSeconds: var ttl })
        {
            return "nobody granted it";
        }

        var broken = operations.FirstOrDefault(operation => IsPromise(operation) && operation.Invoke < end
            && operation.Invoke + (long)(ttl * ShortestSecond) > end);
        return broken is null
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{ttl} s were promised by {broken}");
    }

    private static bool IsPromise(HistoryOperation operation) =>
        operation.Return != HistoryOperation.Never
        && operation.Response is (KvResponse.Granted or KvResponse.KeptAlive { IsAlive: true });
}
