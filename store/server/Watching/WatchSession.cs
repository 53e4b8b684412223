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
internal sealed class WatchSession : IDisposable
{
    private const int QueuedMax = 4096;

    private readonly Channel<OutgoingDelivery> _outgoing =
        Channel.CreateUnbounded<OutgoingDelivery>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly SemaphoreSlim _sent = new(initialCount: 0);
    private int _queued;

    /// <summary>The stream's name in the hub; set by the watch loop when it opens the stream.</summary>
    public WatchStreamId Stream { get; set; }

    /// <summary>What the stream's writer sends, in order.</summary>
    public ChannelReader<OutgoingDelivery> Outgoing => _outgoing.Reader;

    /// <summary>Whether nothing waits to be sent. For the stream's writer.</summary>
    public bool IsEmpty => !_outgoing.Reader.TryPeek(out _);

    /// <summary>
    /// Waits while too much lies in the queue: a client that asks and does not read gets no further answers.
    /// </summary>
    public async ValueTask AwaitAnswerRoomAsync(CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _queued) > QueuedMax)
        {
            await _sent.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes note that a response left the queue. For the stream's writer.</summary>
    public void Sent()
    {
        Interlocked.Decrement(ref _queued);
        if (_sent.CurrentCount == 0)
        {
            _sent.Release();
        }
    }

    /// <summary>Queues a response. For the watch loop.</summary>
    public void Queue(WatchDelivery delivery, bool fragments)
    {
        Interlocked.Increment(ref _queued);
        _outgoing.Writer.TryWrite(new OutgoingDelivery(delivery, fragments));
    }

    /// <inheritdoc/>
    public void Dispose() => _sent.Dispose();

    /// <summary>Ends the stream after what is queued. For the watch loop.</summary>
    public void End() => _outgoing.Writer.TryComplete();
}
