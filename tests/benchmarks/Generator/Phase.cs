namespace Sync.Benchmarks.Generator;

/// <summary>What the threads of a generator do with the answers they get; one thread sets it, all read it.</summary>
internal sealed class Phase
{
    private volatile bool _isMeasuring;
    private volatile bool _isOver;

    /// <summary>Whether latencies count now; false while the server warms up.</summary>
    public bool IsMeasuring => _isMeasuring;

    /// <summary>Whether no further request is to be sent.</summary>
    public bool IsOver => _isOver;

    /// <summary>Lets the warm-up go by, then the time that is measured.</summary>
    /// <param name="warmUp">Time in which answers do not count.</param>
    /// <param name="measured">Time in which they count.</param>
    /// <param name="atBoundary">Called when the measured time begins, and when it ends.</param>
    /// <param name="cancellationToken">Ends the run early, without a result.</param>
    public async Task PassAsync(
        TimeSpan warmUp, TimeSpan measured, Action atBoundary, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(warmUp, TimeProvider.System, cancellationToken);
            atBoundary();
            _isMeasuring = true;
            await Task.Delay(measured, TimeProvider.System, cancellationToken);
            _isMeasuring = false;
            atBoundary();
        }
        finally
        {
            _isOver = true;
        }
    }
}
