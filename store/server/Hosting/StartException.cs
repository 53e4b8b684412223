namespace Sync.Store.Hosting;

/// <summary>The server cannot start as it was told. The message says what is wrong and what to do.</summary>
/// <param name="message">One or two sentences for the operator.</param>
/// <param name="cause">What the system said; null when the server found the fault itself.</param>
internal sealed class StartException(string message, Exception? cause = null) : Exception(message, cause);
