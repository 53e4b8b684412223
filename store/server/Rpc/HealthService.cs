using Grpc.Core;
using Sync.Etcd.Api;
using Sync.Store.Hosting;

namespace Sync.Store.Rpc;

/// <summary>gRPC's own health service: the server as a whole serves from its first answer to its last.</summary>
/// <remarks>Source: grpc.health.v1, health.proto.</remarks>
internal sealed class HealthService(StreamLifetime streams) : Health.HealthBase
{
    private static readonly HealthCheckResponse Serving =
        new() { Status = HealthCheckResponse.Types.ServingStatus.Serving };

    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
        request.Service.Length == 0 ? Task.FromResult(Serving) : throw RpcErrors.UnknownService;

    /// <inheritdoc/>
    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context)
    {
        using var call = streams.Begin(context);
        try
        {
            var known = request.Service.Length == 0;
            await responseStream.WriteAsync(
                known
                    ? Serving
                    : new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.ServiceUnknown },
                call.Ended);
            await Task.Delay(Timeout.Infinite, call.Ended);
        }
        catch (Exception ended) when (call.IsEnd(ended))
        {
            call.ThrowWhenStopped();
        }
    }
}
