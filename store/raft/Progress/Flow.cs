namespace Sync.Raft.Progress;

/// <summary>How entries flow to a follower.</summary>
internal abstract class Flow
{
    /// <summary>Whether another message with entries may be sent now.</summary>
    public abstract bool HasRoom { get; }

    /// <summary>How many append messages are under way.</summary>
    public abstract int InflightMessages { get; }

    /// <summary>Takes note that a message was sent.</summary>
    /// <param name="last">The last entry in it.</param>
    /// <param name="hasEntries">Whether there was any.</param>
    public abstract void Sent(LogIndex last, bool hasEntries);
}

/// <summary>
/// Looks for the place where the logs agree: one message at a time, the next one after its answer or, because it may be lost,
/// after a sign of life.
/// </summary>
internal sealed class Probing : Flow
{
    private bool _isAwaitingAnswer;

    /// <inheritdoc/>
    public override bool HasRoom => !_isAwaitingAnswer;

    /// <inheritdoc/>
    public override int InflightMessages => _isAwaitingAnswer ? 1 : 0;

    /// <inheritdoc/>
    public override void Sent(LogIndex last, bool hasEntries) => _isAwaitingAnswer = true;

    /// <summary>Allows the next message.</summary>
    public void Resume() => _isAwaitingAnswer = false;
}

/// <summary>Streams entries ahead of the answers, in a bounded window of messages.</summary>
/// <param name="messagesMax">The size of the window.</param>
internal sealed class Replicating(int messagesMax) : Flow
{
    // The last entry of each message under way; ascending.
    private readonly Queue<LogIndex> _inflight = new();

    /// <inheritdoc/>
    public override bool HasRoom => _inflight.Count < messagesMax;

    /// <inheritdoc/>
    public override int InflightMessages => _inflight.Count;

    /// <inheritdoc/>
    public override void Sent(LogIndex last, bool hasEntries)
    {
        if (hasEntries)
        {
            _inflight.Enqueue(last);
        }
    }

    /// <summary>Frees the room of the messages that an answer covers.</summary>
    public void Acknowledge(LogIndex match)
    {
        while (_inflight.TryPeek(out var last) && last <= match)
        {
            _inflight.Dequeue();
        }
    }
}
