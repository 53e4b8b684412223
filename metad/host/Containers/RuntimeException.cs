namespace Sync.Metad.Containers;

/// <summary>A container runtime is away, or its answer cannot be read.</summary>
internal sealed class RuntimeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was asked, and what went wrong.</param>
    /// <param name="cause">What the transport or the parser said.</param>
    public RuntimeException(string message, Exception? cause)
        : base(message, cause)
    {
    }
}
