namespace Sync.Raft.Messages;

/// <summary>The messages of one turn, apart by what they must wait for.</summary>
internal sealed class Outbox
{
    private List<Message> _now = [];
    private List<Message> _afterPersist = [];

    /// <summary>Whether there is a message.</summary>
    public bool Any => _now.Count > 0 || _afterPersist.Count > 0;

    /// <summary>Adds a message.</summary>
    public void Send(Message message) => (IsPromise(message) ? _afterPersist : _now).Add(message);

    /// <summary>Takes all messages.</summary>
    /// <param name="mustWait">Whether there is a write to wait for; if not, all are sent at once.</param>
    public (IReadOnlyList<Message> Now, IReadOnlyList<Message> AfterPersist) Take(bool mustWait)
    {
        if (!Any)
        {
            return ([], []);
        }

        var (now, afterPersist) = (_now, _afterPersist);
        (_now, _afterPersist) = ([], []);
        if (mustWait)
        {
            return (now, afterPersist);
        }

        now.AddRange(afterPersist);
        return (now, []);
    }

    // A promise that is forgotten in a crash breaks the protocol: a vote given twice, an entry counted that
    // is gone. The request for votes is one too: it tells of log entries that the votes are given for.
    private static bool IsPromise(Message message) =>
        message is VoteRequest or VoteResponse or AppendAccepted or AppendRejected;
}
