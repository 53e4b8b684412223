namespace Sync.Quickstart;

/// <summary>A step of the tour did not show what it should; the message says what happened instead.</summary>
internal sealed class TourException(string message) : Exception(message);
