using Sync.Raft;

namespace Sync.Member.Forwarding;

/// <summary>What received bytes turned out to be.</summary>
public abstract record MemberMessageDecoding
{
    private MemberMessageDecoding()
    {
    }

    /// <summary>The bytes are a message.</summary>
    /// <param name="Group">The group that it is for; the receiver refuses one that it does not know.</param>
    /// <param name="Incarnation">The life of the group that it is for; likewise.</param>
    /// <param name="Message">The message. A payload is a slice of the received bytes.</param>
    public sealed record Decoded(GroupId Group, Incarnation Incarnation, MemberMessage Message)
        : MemberMessageDecoding;

    /// <summary>The bytes are no message.</summary>
    /// <param name="Reason">What is wrong, one sentence.</param>
    public sealed record Malformed(string Reason) : MemberMessageDecoding;
}
