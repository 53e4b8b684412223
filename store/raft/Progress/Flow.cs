using Sync.Raft.Log;

namespace Sync.Raft.Progress;

/// <summary>How entries flow to a follower.</summary>
internal abstract class Flow
{
    /// <summary>Whether another message with entries may be sent now.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>How many append messages are under way.</summary>
    public abstract int InflightMessages { get; }

    /// <summary>Takes note that a message was sent.</summary>
    /// <param name="entries">The entries in it, if any.</param>
    public abstract void Sent(ReadOnlySpan<Entry> entries);
}

/// <summary>
/// Looks for the place where the logs agree: one message at a time, the next one after its answer or, because
/// it may be lost, after a sign of life.
/// </summary>
internal sealed class Probing : Flow
{
    private bool _isAwaitingAnswer;

    /// <inheritdoc/>
    public override bool HasRoom => !_isAwaitingAnswer;

    /// <inheritdoc/>
    public override int InflightMessages => _isAwaitingAnswer ? 1 : 0;

    /// <inheritdoc/>
    public override void Sent(ReadOnlySpan<Entry> entries) => _isAwaitingAnswer = true;

    /// <summary>Allows the next message.</summary>
    public void Resume() => _isAwaitingAnswer = false;

    /// <summary>Allows none before an answer or a sign of life.</summary>
    public void Pause() => _isAwaitingAnswer = true;
}

/// <summary>Streams entries ahead of the answers, in a window bounded by messages and bytes.</summary>
/// <param name="settings">They hold the size of the window.</param>
internal sealed class Replicating(ConsensusSettings settings) : Flow
{
    // The last entry and the weight of each message under way; ascending.
    private readonly Queue<(LogIndex Last, long Bytes)> _inflight = new();
    private long _inflightBytes;

    /// <inheritdoc/>
    public override bool HasRoom =>
        _inflight.Count < settings.InflightMessagesMax && _inflightBytes < settings.InflightBytesMax;

    /// <inheritdoc/>
    public override int InflightMessages => _inflight.Count;

    /// <inheritdoc/>
    public override void Sent(ReadOnlySpan<Entry> entries)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        var bytes = 0L;
        foreach (var entry in entries)
        {
            bytes += entry.WeightBytes;
        }

        _inflight.Enqueue((entries[^1].Index, bytes));
        _inflightBytes += bytes;
    }

    /// <summary>Frees the room of the messages that an answer covers.</summary>
    public void Acknowledge(LogIndex match)
    {
        while (_inflight.TryPeek(out var message) && message.Last <= match)
        {
            _inflight.Dequeue();
            _inflightBytes -= message.Bytes;
        }
    }
}

/// <summary>Sends nothing: the follower needs a snapshot, and the owner is sending it one.</summary>
internal sealed class AwaitingSnapshot : Flow
{
    /// <inheritdoc/>
    public override bool HasRoom => false;

    /// <inheritdoc/>
    public override int InflightMessages => 0;

    /// <inheritdoc/>
    public override void Sent(ReadOnlySpan<Entry> entries) =>
        Invariant.Require(false, "nothing is sent to who awaits a snapshot");
}
