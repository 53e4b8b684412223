using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Sync.Conformance.Tests.Servers;
using Sync.Etcd.Api;
using static Sync.Conformance.Tests.Servers.ConformanceServer;

namespace Sync.Conformance.Tests.Kv;

[Collection(SharedServers.Name)]
public sealed class UnknownCallTests(RunningServers servers)
{
    [Theory, EachServer]
    public async Task A_service_or_method_that_nobody_has_is_named(string program)
    {
        var server = await servers.OfAsync(program);
        using var channel = GrpcChannel.ForAddress(server.Server.ClientUrl);

        await RefusedAsync(
            Call(channel, "nowhere.Service", "Ask"), StatusCode.Unimplemented, "unknown service nowhere.Service");
        await RefusedAsync(
            Call(channel, "etcdserverpb.KV", "Ask"), StatusCode.Unimplemented, "unknown method Ask for service etcdserverpb.KV");
    }

    private static AsyncUnaryCall<RangeResponse> Call(GrpcChannel channel, string service, string method) =>
        channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<RangeRequest, RangeResponse>(
                MethodType.Unary,
                service,
                method,
                Marshallers.Create(request => request.ToByteArray(), RangeRequest.Parser.ParseFrom),
                Marshallers.Create(response => response.ToByteArray(), RangeResponse.Parser.ParseFrom)),
            host: null,
            default,
            new RangeRequest());
}
