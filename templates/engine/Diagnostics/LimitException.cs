namespace Sync.Templates.Diagnostics;

/// <summary>
/// A bound of the render was reached. The render turns it into a diagnostic; it never leaves a render.
/// </summary>
/// <param name="message">Which bound, with its number.</param>
internal sealed class LimitException(string message) : Exception(message);
