using Sync.Raft;
using Sync.Raft.Messages;

namespace Sync.Store.Replication;

/// <summary>Messages that promise something, from the turn that made them until what they promise is durable.</summary>
/// <remarks>Owned by the thread that owns the member.</remarks>
internal sealed class DurableMessages
{
    private readonly Queue<(ulong ReadyNumber, IReadOnlyList<Message> Messages)> _waiting = new();
    private ulong _lastWrite;

    /// <summary>Takes the messages of a Ready, after its writes were handed to the log.</summary>
    public void Add(Ready ready)
    {
        if (ready.MustSync)
        {
            _lastWrite = ready.Number;
        }

        if (ready.MessagesAfterPersist.Count > 0)
        {
            // A Ready that writes nothing itself waits for the last one before it that does.
            _waiting.Enqueue((_lastWrite, ready.MessagesAfterPersist));
        }
    }

    /// <summary>Takes the messages that may be sent now.</summary>
    /// <param name="readyNumber">The last Ready whose writes are durable.</param>
    public IEnumerable<Message> TakeDurable(ulong readyNumber)
    {
        while (_waiting.TryPeek(out var first) && first.ReadyNumber <= readyNumber)
        {
            foreach (var message in _waiting.Dequeue().Messages)
            {
                yield return message;
            }
        }
    }
}
