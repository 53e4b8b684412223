using Grpc.Core;
using Sync.Etcd.Api;

namespace Sync.Store.Rpc;

/// <summary>etcd's Auth service while authentication is off, which it always is in this version.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Auth.</remarks>
internal sealed class AuthService(StoreFront front, ResponseHeaders headers) : Auth.AuthBase
{
    /// <inheritdoc/>
    public override Task<AuthStatusResponse> AuthStatus(AuthStatusRequest request, ServerCallContext context) =>
        Task.FromResult(new AuthStatusResponse
        {
            Header = headers.At(front.View.Revision),
            Enabled = false,
            AuthRevision = 1,
        });

    /// <inheritdoc/>
    public override Task<AuthenticateResponse> Authenticate(AuthenticateRequest request, ServerCallContext context) =>
        throw RpcErrors.AuthNotEnabled;

    /// <inheritdoc/>
    public override Task<AuthEnableResponse> AuthEnable(AuthEnableRequest request, ServerCallContext context) =>
        throw RpcErrors.NotOffered("this version has no authentication; protect the client port with certificates");
}
