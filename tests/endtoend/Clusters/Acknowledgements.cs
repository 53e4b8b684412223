using System.Diagnostics;

namespace Sync.EndToEnd.Tests.Clusters;

/// <summary>When writes were acknowledged, to several writers; safe on several threads.</summary>
internal sealed class Acknowledgements
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly List<long> _timestamps = [];

    /// <summary>How many there are so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _timestamps.Count;
            }
        }
    }

    /// <summary>A write was acknowledged now.</summary>
    public void Add()
    {
        lock (_lock)
        {
            _timestamps.Add(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>Ends when there are <paramref name="count"/> of them.</summary>
    public async Task WaitForAsync(int count, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookInterval);
        while (Count < count)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>The longest time between two neighbours.</summary>
    /// <param name="first">Where to begin, as an index from 0; at least one more must follow.</param>
    public TimeSpan LongestGapFrom(int first)
    {
        lock (_lock)
        {
            return _timestamps.Skip(first).Zip(_timestamps.Skip(first + 1), Stopwatch.GetElapsedTime).Max();
        }
    }
}
