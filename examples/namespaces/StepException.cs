namespace Sync.Namespaces;

/// <summary>A step did not show what it should; the message says what happened instead.</summary>
internal sealed class StepException(string message) : Exception(message);
