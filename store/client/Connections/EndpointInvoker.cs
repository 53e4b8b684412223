using Grpc.Core;

namespace Sync.Etcd.Client.Connections;

/// <summary>Calls to one endpoint, with the token at hand and a deadline for unary ones; never repeated.</summary>
internal sealed class EndpointInvoker(StoreAccess access, EndpointConnection connection) : CallInvoker
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        connection.Channel.AsyncUnaryCall(method, host, Signed(WithDeadline(options)), request);

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        connection.Channel.AsyncServerStreamingCall(method, host, Signed(options), request);

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        connection.Channel.AsyncClientStreamingCall(method, host, Signed(options));

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        connection.Channel.AsyncDuplexStreamingCall(method, host, Signed(options));

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new NotSupportedException($"{method.FullName} would block a thread. Call its Async form.");

    private CallOptions WithDeadline(CallOptions options) => options.Deadline is null
        ? options.WithDeadline((access.Time.GetUtcNow() + access.Options.RequestTimeout).UtcDateTime)
        : options;

    private CallOptions Signed(CallOptions options) => access.SignIn.Sign(options);
}
