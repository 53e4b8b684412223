using System.Runtime.InteropServices;

namespace Sync.Store.Hosting;

/// <summary>Takes SIGTERM and SIGINT as long as no host runs that does, for what may wait long before.</summary>
internal sealed class EarlySignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Begins to take them.</summary>
    /// <param name="stop">Ends the waiting as a signal does.</param>
    public EarlySignals(CancellationToken stop)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, End),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, End),
        ];
    }

    /// <summary>Ends at the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        // A signal may be on its way through, so what it cancels is left to the collector.
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void End(PosixSignalContext signal)
    {
        signal.Cancel = true;
        _stop.Cancel();
    }
}
