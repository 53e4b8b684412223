namespace Sync.Member;

/// <summary>A request that ends without an answer of the state machine.</summary>
/// <param name="Request">The request.</param>
/// <param name="Failure">Why, and whether it may have had an effect.</param>
public readonly record struct FailedRequest(RequestId Request, RequestFailure Failure);
