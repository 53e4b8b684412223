using System.Threading.Channels;
using Sync.Mvcc.Watching;

namespace Sync.Store.Watching;

/// <summary>A response on its way to a client.</summary>
/// <param name="Delivery">What the hub says.</param>
/// <param name="Fragments">For a created watch, whether its large responses are to be split.</param>
internal readonly record struct OutgoingDelivery(WatchDelivery Delivery, bool Fragments);

/// <summary>One client's stream of watches: the queue between the watch loop and the stream's writer.</summary>
/// <remarks>
/// The hub puts no more events in than the stream has room for; answers to the client's own requests come
/// beside that, one for each.
/// </remarks>
internal sealed class WatchSession
{
    private readonly Channel<OutgoingDelivery> _outgoing =
        Channel.CreateUnbounded<OutgoingDelivery>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    /// <summary>The stream's name in the hub; set by the watch loop when it opens the stream.</summary>
    public WatchStreamId Stream { get; set; }

    /// <summary>What the stream's writer sends, in order.</summary>
    public ChannelReader<OutgoingDelivery> Outgoing => _outgoing.Reader;

    /// <summary>Queues a response. For the watch loop.</summary>
    public void Queue(WatchDelivery delivery, bool fragments) =>
        _outgoing.Writer.TryWrite(new OutgoingDelivery(delivery, fragments));

    /// <summary>Ends the stream after what is queued. For the watch loop.</summary>
    public void End() => _outgoing.Writer.TryComplete();
}
