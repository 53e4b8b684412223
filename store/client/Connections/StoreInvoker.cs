using Grpc.Core;

namespace Sync.Etcd.Client.Connections;

/// <summary>
/// Carries every call of the generated stubs: to the endpoint in use, with the token, within a deadline.
/// Unary calls that fail are tried again elsewhere where that cannot do a thing twice.
/// </summary>
/// <remarks>
/// A read is repeated when the endpoint is unavailable or silent; a change only when it was never sent.
/// Either is repeated after a refused token. Streams are opened once; whoever owns one opens the next.
/// </remarks>
internal sealed class StoreInvoker(StoreAccess access) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions, TRequest request) =>
        new RepeatedCall<TRequest, TResponse>(access).Start(method, host, callOptions, request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions, TRequest request) =>
        access.Ring.Current.Invoker.AsyncServerStreamingCall(method, host, access.SignIn.Sign(callOptions), request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions) =>
        access.Ring.Current.Invoker.AsyncClientStreamingCall(method, host, access.SignIn.Sign(callOptions));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions) =>
        access.Ring.Current.Invoker.AsyncDuplexStreamingCall(method, host, access.SignIn.Sign(callOptions));

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions callOptions, TRequest request) =>
        throw new NotSupportedException($"{method.FullName} would block a thread. Call its Async form.");
}
