namespace Sync.Metad.Listening;

/// <summary>The program cannot listen where it was told to. The message names flag and address, and says what to do.</summary>
/// <param name="message">One sentence for the operator.</param>
/// <param name="cause">What the system said.</param>
internal sealed class ListenException(string message, Exception cause) : Exception(message, cause);
