using Sync.Member;

namespace Sync.Store.Replication;

/// <summary>A request ended without an answer of the state machine.</summary>
/// <param name="failure">Why, and whether it may have had an effect.</param>
internal sealed class RequestFailedException(RequestFailure failure)
    : Exception($"The request got no answer: {failure}.")
{
    /// <summary>Why, and whether it may have had an effect.</summary>
    public RequestFailure Failure => failure;
}
