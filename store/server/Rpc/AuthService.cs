using Grpc.Core;
using Sync.Etcd.Api;

namespace Sync.Store.Rpc;

/// <summary>etcd's Auth service while authentication is off, which it always is in this version.</summary>
/// <remarks>Source: etcd, api/etcdserverpb/rpc.proto, service Auth.</remarks>
internal sealed class AuthService(StoreFront front, ResponseHeaders headers) : Auth.AuthBase
{
    private static RpcException NotOffered =>
        RpcErrors.NotOffered("this version has no authentication; protect the client port with certificates");

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
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthDisableResponse> AuthDisable(AuthDisableRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserAddResponse> UserAdd(AuthUserAddRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserGetResponse> UserGet(AuthUserGetRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserListResponse> UserList(AuthUserListRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserDeleteResponse> UserDelete(AuthUserDeleteRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserChangePasswordResponse> UserChangePassword(
        AuthUserChangePasswordRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserGrantRoleResponse> UserGrantRole(
        AuthUserGrantRoleRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthUserRevokeRoleResponse> UserRevokeRole(
        AuthUserRevokeRoleRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthRoleAddResponse> RoleAdd(AuthRoleAddRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthRoleGetResponse> RoleGet(AuthRoleGetRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthRoleListResponse> RoleList(AuthRoleListRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthRoleDeleteResponse> RoleDelete(AuthRoleDeleteRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthRoleGrantPermissionResponse> RoleGrantPermission(
        AuthRoleGrantPermissionRequest request, ServerCallContext context) =>
        throw NotOffered;

    /// <inheritdoc/>
    public override Task<AuthRoleRevokePermissionResponse> RoleRevokePermission(
        AuthRoleRevokePermissionRequest request, ServerCallContext context) =>
        throw NotOffered;
}
