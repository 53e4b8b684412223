using System.Buffers;
using Google.Protobuf;
using Sync.Member.Forwarding;
using Sync.Peers.Api;
using Sync.Raft;
using Sync.Raft.Messages;
using Sync.Store.Replication;

namespace Sync.Store.Peers;

/// <summary>Turns what the member sends into frames, and frames into what the member receives.</summary>
internal static class PeerFrames
{
    /// <summary>Adds a message to a frame.</summary>
    /// <returns>Its size in bytes.</returns>
    public static int Add(Frame frame, object message, GroupId group, Incarnation incarnation)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (message)
        {
            case Message consensus:
                MessageCodec.Encode(group, incarnation, consensus, output);
                break;
            case MemberMessage member:
                MemberMessageCodec.Encode(group, incarnation, member, output);
                break;
        }

        frame.Messages.Add(UnsafeByteOperations.UnsafeWrap(output.WrittenMemory));
        return output.WrittenCount;
    }

    /// <summary>Reads one message of a frame.</summary>
    /// <param name="bytes">The bytes of one message.</param>
    /// <param name="from">Who the stream is from; nobody speaks for another.</param>
    /// <param name="identity">Who receives.</param>
    /// <returns>The message for the member, or what is wrong with it, one sentence.</returns>
    public static (MemberRequest? Message, string? Fault) Read(
        ReadOnlyMemory<byte> bytes, MemberId from, PeerIdentity identity)
    {
        if (MemberMessageCodec.Owns(bytes.Span))
        {
            var decoding = MemberMessageCodec.Decode(bytes);
            if (decoding is not MemberMessageDecoding.Decoded { Message: var said } known)
            {
                return (null, (decoding as MemberMessageDecoding.Malformed)?.Reason);
            }

            var fault = FindFault(known.Group, known.Incarnation, said.From, said.To, from, identity);
            return fault is null ? (new MemberRequest.MemberSaid(said), null) : (null, fault);
        }
        else
        {
            var decoding = MessageCodec.Decode(bytes);
            if (decoding is not MessageDecoding.Decoded { Message: var said } known)
            {
                return (null, (decoding as MessageDecoding.Malformed)?.Reason);
            }

            var fault = FindFault(known.Group, known.Incarnation, said.From, said.To, from, identity);
            return fault is null ? (new MemberRequest.ConsensusSaid(said), null) : (null, fault);
        }
    }

    private static string? FindFault(
        GroupId group, Incarnation incarnation, MemberId sender, MemberId receiver, MemberId from, PeerIdentity identity)
    {
        if ((group, incarnation) != identity.Group)
        {
            return $"A message is for group {group}, incarnation {incarnation}, which this member does not have.";
        }

        return sender == from && receiver == identity.Self
            ? null
            : $"A message on the stream of member {from} is from {sender} to {receiver}.";
    }
}
