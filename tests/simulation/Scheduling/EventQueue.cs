namespace Sync.Simulation.Scheduling;

/// <summary>
/// The only clock and the only scheduler of a run: events at virtual times, those of one time in the order in which
/// they were planned. Times are microseconds.
/// </summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Action, Place> _events = new(PlaceOrder.Instance);
    private long _sequence;

    /// <summary>The virtual time.</summary>
    public long Now { get; private set; }

    /// <summary>How many events have happened.</summary>
    public long Handled { get; private set; }

    /// <summary>Plans an event; one in the past happens next.</summary>
    public void At(long time, Action happen) =>
        _events.Enqueue(happen, new Place(Math.Max(time, Now), _sequence++));

    /// <summary>Plans an event after a delay.</summary>
    public void After(long delay, Action happen) => At(Now + delay, happen);

    /// <summary>Lets everything happen up to a time.</summary>
    public void RunUntil(long time)
    {
        while (_events.TryPeek(out var happen, out var place) && place.Time <= time)
        {
            _events.Dequeue();
            Now = place.Time;
            Handled++;
            happen();
        }

        Now = Math.Max(Now, time);
    }

    private readonly record struct Place(long Time, long Sequence);

    private sealed class PlaceOrder : IComparer<Place>
    {
        public static readonly PlaceOrder Instance = new();

        public int Compare(Place left, Place right) => left.Time != right.Time
            ? left.Time.CompareTo(right.Time)
            : left.Sequence.CompareTo(right.Sequence);
    }
}
