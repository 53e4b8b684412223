namespace Sync.Raft.Messages;

/// <summary>What received bytes turned out to be.</summary>
public abstract record MessageDecoding
{
    private MessageDecoding()
    {
    }

    /// <summary>The bytes are a message.</summary>
    /// <param name="Group">The group that it is for; the receiver refuses one that it does not know.</param>
    /// <param name="Incarnation">The life of the group that it is for; likewise.</param>
    /// <param name="Message">The message. Payloads are slices of the received bytes.</param>
    public sealed record Decoded(GroupId Group, Incarnation Incarnation, Message Message) : MessageDecoding;

    /// <summary>The bytes are no message.</summary>
    /// <param name="Reason">What is wrong and where, one sentence.</param>
    public sealed record Malformed(string Reason) : MessageDecoding;
}
