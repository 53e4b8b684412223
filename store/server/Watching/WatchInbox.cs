using System.Threading.Channels;
using Sync.Mvcc;

namespace Sync.Store.Watching;

/// <summary>The way into the watch loop, and how far the loop is.</summary>
internal sealed class WatchInbox
{
    // A stream that asks faster than the loop answers waits here.
    private const int Capacity = 4096;

    private static readonly WatchInput.Look LookInput = new();

    private readonly Channel<WatchInput> _inputs = Channel.CreateBounded<WatchInput>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    private int _lookIsQueued;
    private long _seen = long.MaxValue;

    /// <summary>
    /// The revision up to which watches have seen every change; compacted changes after it are kept for now.
    /// </summary>
    public Revision Seen
    {
        get => new(Volatile.Read(ref _seen));
        set => Volatile.Write(ref _seen, value.Value);
    }

    /// <summary>What the loop reads.</summary>
    public ChannelReader<WatchInput> Inputs => _inputs.Reader;

    /// <summary>Says that there may be something new. Never waits; cheap until the loop has looked.</summary>
    public void Look()
    {
        // A full queue means that the loop will look in any case.
        if (Interlocked.Exchange(ref _lookIsQueued, 1) == 0 && !_inputs.Writer.TryWrite(LookInput))
        {
            LooksNow();
        }
    }

    /// <summary>Says that the loop is about to look. For the loop.</summary>
    // A full fence: the view is read after the flag is down for every thread, or its publisher would not queue a look.
    public void LooksNow() => Interlocked.Exchange(ref _lookIsQueued, 0);

    /// <summary>Tells the loop something, waiting while it has too much to do; without effect once it has ended.</summary>
    public async ValueTask TellAsync(WatchInput input, CancellationToken cancellationToken)
    {
        try
        {
            await _inputs.Writer.WriteAsync(input, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            // The server stops, and every stream with it.
        }
    }

    /// <summary>Says that the loop has ended.</summary>
    public void Close() => _inputs.Writer.TryComplete();
}
