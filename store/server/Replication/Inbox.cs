namespace Sync.Store.Replication;

/// <summary>A bounded queue that one thread empties whole, so that what arrived meanwhile becomes one batch.</summary>
/// <typeparam name="T">What is posted.</typeparam>
/// <param name="capacity">Items that may wait at most, at least 1.</param>
/// <param name="reserve">How many more may wait of those that must get through when the others fill the queue.</param>
/// <param name="bytesMax">
/// How many bytes may wait, beside as many more of those that must get through; the item that reaches it may go beyond.
/// </param>
/// <remarks>Any thread posts; one thread drains. Full means refused: the poster answers for it.</remarks>
internal sealed class Inbox<T>(int capacity, int reserve = 0, long bytesMax = int.MaxValue)
{
    // A plain object, because System.Threading.Lock has no Wait and Pulse. It guards all fields.
    private readonly object _gate = new();
    private List<T> _waiting = [];
    private List<T> _drained = [];
    private long _waitingBytes;
    private bool _readerSleeps;
    private bool _isClosed;

    /// <summary>Adds an item unless the queue is full.</summary>
    /// <param name="item">The item.</param>
    /// <param name="bytes">How large it is, if it is large.</param>
    /// <returns>False when the item was refused.</returns>
    public bool TryPost(T item, int bytes = 0) => Post(item, bytes, capacity, bytesMax);

    /// <summary>Adds an item of those that the reserve is kept for, unless that is full as well.</summary>
    /// <param name="item">The item.</param>
    /// <param name="bytes">How large it is, if it is large.</param>
    /// <returns>False when the item was refused.</returns>
    public bool TryPostReserved(T item, int bytes = 0) => Post(item, bytes, capacity + reserve, 2 * bytesMax);

    /// <summary>Adds an item that must not be lost, even to a full queue.</summary>
    /// <remarks>For facts whose number is bounded elsewhere, such as one answer for each written batch.</remarks>
    public void Post(T item) => Post(item, bytes: 0, int.MaxValue, long.MaxValue);

    /// <summary>Takes everything that waits, sleeping until something does.</summary>
    /// <param name="patience">How long to sleep at most; zero only looks, infinite waits.</param>
    /// <returns>The items in order; valid until the next call; empty when the patience ran out.</returns>
    public IReadOnlyList<T> Drain(TimeSpan patience)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 && patience != TimeSpan.Zero)
            {
                _readerSleeps = true;
                Monitor.Wait(_gate, patience);
                _readerSleeps = false;
            }

            _drained.Clear();
            (_waiting, _drained) = (_drained, _waiting);
            _waitingBytes = 0;
            return _drained;
        }
    }

    /// <summary>Whether the reader has gone: nothing is taken any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Takes no more items.</summary>
    /// <returns>What still waited.</returns>
    public IReadOnlyList<T> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return _waiting;
        }
    }

    private bool Post(T item, int bytes, int itemsMax, long bytesMax)
    {
        lock (_gate)
        {
            if (_isClosed || _waiting.Count >= itemsMax || _waitingBytes >= bytesMax)
            {
                return false;
            }

            _waiting.Add(item);
            _waitingBytes += bytes;
            if (_readerSleeps)
            {
                _readerSleeps = false;
                Monitor.Pulse(_gate);
            }

            return true;
        }
    }
}
