namespace Sync.Metad.Backends;

/// <summary>A write that the backend did not carry out, as far as is known.</summary>
internal sealed class BackendException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What the backend said.</param>
    /// <param name="isAway">States that the backend could not be reached in time.</param>
    /// <param name="innerException">The cause; null when there is none beside the message.</param>
    public BackendException(string message, bool isAway, Exception? innerException = null)
        : base(message, innerException) => IsAway = isAway;

    /// <summary>States that the backend could not be reached in time, so that trying later makes sense.</summary>
    public bool IsAway { get; }
}
