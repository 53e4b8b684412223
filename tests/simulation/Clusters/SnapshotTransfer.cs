using Sync.Raft.Messages;
using Sync.Raft.Snapshots;
using Sync.Simulation.Scheduling;

namespace Sync.Simulation.Clusters;

/// <summary>A snapshot on its way from the leader to a member that is far behind.</summary>
/// <param name="cluster">Where.</param>
/// <param name="offer">Who sends it, to whom, and what it holds.</param>
/// <param name="ended">Told how it ended, once, whatever happens.</param>
/// <param name="seed">Decides how long it takes and in which pieces it arrives.</param>
internal sealed class SnapshotTransfer(Cluster cluster, SnapshotOffer offer, Action<SnapshotOutcome> ended, int seed)
{
    private const long Patience = 4 * Durations.Second;

    private readonly Random _random = new(seed);
    private bool _hasEnded;

    /// <summary>Begins to send.</summary>
    public void Begin(ReadOnlyMemory<byte> content)
    {
        cluster.Queue.After(Patience, () => End(new SnapshotOutcome.Failed()));
        cluster.Queue.After(_random.Spread(Durations.Millisecond, Durations.Second), () => Arrive(content));
    }

    private void Arrive(ReadOnlyMemory<byte> content)
    {
        if (cluster.Network.IsCut(offer.From, offer.To) || cluster.ProcessOf(offer.To) is not { } receiver)
        {
            End(new SnapshotOutcome.Failed());
            return;
        }

        cluster.Trace.Note(TraceKind.Snapshot, (long)offer.To.Value, (long)offer.Snapshot.Index.Value, content.Length);
        receiver.Plan(0, () =>
        {
            var pieceBytes = (int)_random.Spread(1, 100_000);
            if (!receiver.Receive(offer, content, pieceBytes, () => End(new SnapshotOutcome.Delivered(offer.Snapshot.Index))))
            {
                End(new SnapshotOutcome.Failed());
            }
        });
    }

    private void End(SnapshotOutcome outcome)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            ended(outcome);
        }
    }
}
