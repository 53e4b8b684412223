namespace Sync.Etcd.Client.Mirroring;

/// <summary>
/// Asks a server how far all watchers of a stream are: once where it answers in order, else twice, and then the first
/// answer is taken when the second came.
/// </summary>
/// <remarks>
/// Servers before etcd 3.4.25 and 3.5.8 may answer ahead of events that wait in the stream already. Those
/// events leave before a second answer can, so the first answer holds by then. Of several ranges every change waits for
/// this, so that a second question costs it a second round trip.
/// Source: etcd changelog 3.5.8, watch progress notifications and their order.
/// </remarks>
/// <param name="isAnsweredInOrder">States that the server's answers never come ahead of events; see <see cref="IsAnsweredInOrder"/>.</param>
internal sealed class ProgressQuestion(bool isAnsweredInOrder)
{
    private bool _isOpen;
    private long? _firstAnswer;

    /// <summary>States that servers of a version answer in order.</summary>
    /// <param name="version">As a server tells it: <c>3.5.8</c>, with or without more behind; other texts are no such version.</param>
    public static bool IsAnsweredInOrder(string version)
    {
        var number = version.Split('-', '+')[0];
        return Version.TryParse(number, out var parsed) && parsed.Build >= 0
            && (parsed >= new Version(3, 5, 8) || (parsed >= new Version(3, 4, 25) && parsed < new Version(3, 5, 0)));
    }

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

        if (isAnsweredInOrder)
        {
            _isOpen = false;
            return revision;
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
