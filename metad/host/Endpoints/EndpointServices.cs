using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>What both ports answer from and with.</summary>
/// <param name="Feed">The state of now.</param>
/// <param name="Reply">Sends answers and counts requests.</param>
/// <param name="Metrics">Counts outcomes.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stopping">Ends when the program is asked to stop, before listeners close.</param>
internal sealed record EndpointServices(
    SnapshotFeed Feed, Reply Reply, MetadMetrics Metrics, TimeProvider Time, CancellationToken Stopping);
