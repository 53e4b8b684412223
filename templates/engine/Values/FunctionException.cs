namespace Sync.Templates.Values;

/// <summary>
/// The error of a function or of an operation on values. The evaluator adds where it happened and turns it
/// into a diagnostic; it never leaves a render.
/// </summary>
/// <param name="message">The error text as a template author reads it.</param>
internal sealed class FunctionException(string message) : Exception(message);
