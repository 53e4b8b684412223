using Google.Protobuf;
using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Mvcc.Watching;
using Sync.Store.Watching;

namespace Sync.Store.Rpc;

/// <summary>Writes one stream's deliveries as responses of the wire.</summary>
/// <param name="stream">The stream.</param>
/// <param name="headers">Makes the headers.</param>
/// <param name="messageBytesMax">From here a response is split if its watch asked for that.</param>
internal sealed class WatchResponseWriter(
    IServerStreamWriter<WatchResponse> stream, ResponseHeaders headers, int messageBytesMax)
{
    // The wire form of fragment=true, and of the field number before an event.
    private const int FragmentMarkBytes = 2;
    private const int EventTagBytes = 1;

    // What is not flushed lies in memory without a bound; what is flushed waits for the client.
    private const int UnflushedBytesMax = 64 * 1024;

    private static readonly WriteOptions Flush = new();
    private static readonly WriteOptions Buffer = new(WriteFlags.BufferHint);

    private readonly HashSet<long> _fragmented = [];

    /// <summary>Writes what a session has queued, until it ends, and gives its room back as it is flushed.</summary>
    /// <param name="session">The stream's queue.</param>
    /// <param name="inbox">Hears of room.</param>
    /// <param name="ended">Fires when the stream ends.</param>
    public async Task WriteAllAsync(WatchSession session, WatchInbox inbox, CancellationToken ended)
    {
        var responses = 0;
        var bytes = 0L;
        while (await session.Outgoing.WaitToReadAsync(ended))
        {
            while (session.Outgoing.TryRead(out var outgoing))
            {
                responses += outgoing.Delivery.Notice is WatchEvents or WatchProgress or WatchCompacted ? 1 : 0;
                bytes += outgoing.Delivery.Notice.Bytes;
                await WriteAsync(outgoing, bytes >= UnflushedBytesMax || session.IsEmpty, ended);
                session.Sent();
                if (responses > 0 && (bytes >= UnflushedBytesMax || session.IsEmpty))
                {
                    await inbox.TellAsync(new WatchInput.AddRoom(session, responses, bytes), ended);
                    (responses, bytes) = (0, 0);
                }
            }
        }
    }

    private async Task WriteAsync(OutgoingDelivery outgoing, bool flushes, CancellationToken ended)
    {
        var delivery = outgoing.Delivery;
        var response = new WatchResponse { Header = headers.At(delivery.Revision), WatchId = delivery.WatchId };
        switch (delivery.Notice)
        {
            case WatchCreated:
                response.Created = true;
                if (outgoing.Fragments)
                {
                    _fragmented.Add(delivery.WatchId);
                }

                break;
            case WatchRefused refused:
                response.Created = true;
                response.Canceled = true;
                response.CancelReason = Reason(refused.Refusal);
                break;
            case WatchCanceled:
                response.Canceled = true;
                _fragmented.Remove(delivery.WatchId);
                break;
            case WatchCompacted compacted:
                response.Canceled = true;
                response.CompactRevision = compacted.CompactedRevision.Value;
                _fragmented.Remove(delivery.WatchId);
                break;
            case WatchEvents events:
                response.Events.AddRange(events.Events.Select(WireResponses.ToWire));
                break;
        }

        foreach (var part in Parts(response))
        {
            // Parts are large.
            stream.WriteOptions = flushes || part.Fragment ? Flush : Buffer;
            await stream.WriteAsync(part, ended);
        }
    }

    private static string Reason(WatchRefusal refusal) => refusal switch
    {
        WatchRefusal.DuplicateId => "mvcc: duplicate watch ID provided on the WatchStream",
        WatchRefusal.EmptyRange => "mvcc: watcher range is empty",
        WatchRefusal.NegativeStart => "etcdserver: mvcc: required revision has been compacted",
    };

    // A response is split between events, never within one. All parts but the last say that more follows. A part with
    // more than one event stays below the limit as a whole: with its header, its mark, and what frames each event.
    private IEnumerable<WatchResponse> Parts(WatchResponse whole)
    {
        if (!_fragmented.Contains(whole.WatchId) || whole.CalculateSize() < messageBytesMax)
        {
            yield return whole;
            yield break;
        }

        var part = NewPart(whole);
        var emptyBytes = part.CalculateSize() + FragmentMarkBytes;
        var partBytes = emptyBytes;
        foreach (var change in whole.Events)
        {
            var changeBytes = EventTagBytes + CodedOutputStream.ComputeMessageSize(change);
            if (part.Events.Count > 0 && partBytes + changeBytes >= messageBytesMax)
            {
                part.Fragment = true;
                yield return part;
                part = NewPart(whole);
                partBytes = emptyBytes;
            }

            part.Events.Add(change);
            partBytes += changeBytes;
        }

        yield return part;
    }

    private static WatchResponse NewPart(WatchResponse whole) =>
        new() { Header = whole.Header, WatchId = whole.WatchId };
}
