namespace Sync.Etcd.Client.Mirroring;

/// <summary>
/// Asks a server how far all watchers of a stream are, twice, and takes the first answer once the second came.
/// </summary>
/// <remarks>
/// Servers before etcd 3.4.25 and 3.5.8 may answer ahead of events that wait in the stream already. Those
/// events leave before a second answer can, so the first answer holds by then.
/// Source: etcd changelog 3.5.8, watch progress notifications and their order.
/// </remarks>
internal sealed class ProgressQuestion
{
    private bool _isOpen;
    private long? _firstAnswer;

    /// <summary>Whether an answer is still to come.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Notes that the question was sent, perhaps again.</summary>
    public void Ask() => _isOpen = true;

    /// <summary>Takes an answer.</summary>
    /// <param name="revision">The revision it names.</param>
    /// <returns>
    /// The revision that all watchers have certainly passed; null when the question must be sent once more,
    /// or was not open.
    /// </returns>
    public long? Answer(long revision)
    {
        if (!_isOpen)
        {
            return null;
        }

        if (_firstAnswer is not { } certain)
        {
            _firstAnswer = revision;
            return null;
        }

        _isOpen = false;
        _firstAnswer = null;
        return certain;
    }
}
