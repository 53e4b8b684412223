using Grpc.Core;

namespace Sync.Etcd.Client.Connections;

/// <summary>
/// Carries every call of the generated stubs to the endpoint in use. Unary calls that fail are tried again
/// elsewhere where that cannot do a thing twice.
/// </summary>
/// <remarks>
/// A read is repeated when the endpoint is unavailable or silent; a change only when it was never sent.
/// Either is repeated after a refused token. Streams are opened once; whoever owns one opens the next.
/// </remarks>
internal sealed class StoreInvoker(StoreAccess access) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        new RepeatedCall<TRequest, TResponse>(access).Start(method, host, options, request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Current.AsyncServerStreamingCall(method, host, options, request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Current.AsyncClientStreamingCall(method, host, options);

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Current.AsyncDuplexStreamingCall(method, host, options);

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        Current.BlockingUnaryCall(method, host, options, request);

    private EndpointInvoker Current => new(access, access.Ring.Current);
}
