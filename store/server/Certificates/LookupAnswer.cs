namespace Sync.Store.Certificates;

/// <summary>The answer to a question about names and addresses.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
/// <param name="Found">All that was found.</param>
/// <param name="Failure">Why nothing was found: the question, and what the answer was; null when something was.</param>
internal sealed record LookupAnswer<T>(IReadOnlyList<T> Found, string? Failure = null)
{
    /// <summary>Nothing was found.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="reason">Why.</param>
    public static LookupAnswer<T> None(object question, string reason) => new([], $"{question}: {reason}");
}
