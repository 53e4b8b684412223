using System.Net.Sockets;
using Grpc.Core;

namespace Sync.Etcd.Client;

/// <summary>
/// The refusals that callers act on, told from a <see cref="RpcException"/>. The store tells them by exact
/// texts. Source: etcd, <c>api/v3rpc/rpctypes/error.go</c>.
/// </summary>
public static class EtcdErrors
{
    /// <summary>The revision asked for is no longer kept.</summary>
    public static bool IsCompacted(RpcException error) =>
        Has(error, StatusCode.OutOfRange, "etcdserver: mvcc: required revision has been compacted");

    /// <summary>The revision asked for has not happened yet.</summary>
    public static bool IsFutureRevision(RpcException error) =>
        Has(error, StatusCode.OutOfRange, "etcdserver: mvcc: required revision is a future revision");

    /// <summary>The lease is unknown: never granted, revoked or expired.</summary>
    public static bool IsLeaseNotFound(RpcException error) =>
        Has(error, StatusCode.NotFound, "etcdserver: requested lease not found");

    /// <summary>The user may not do this.</summary>
    public static bool IsPermissionDenied(RpcException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.StatusCode == StatusCode.PermissionDenied;
    }

    /// <summary>The store has no users switched on, so there is nothing to sign in to.</summary>
    public static bool IsAuthenticationOff(RpcException error) =>
        Has(error, StatusCode.FailedPrecondition, "etcdserver: authentication is not enabled");

    /// <summary>The token is unknown, expired or older than the last change of users and roles.</summary>
    public static bool IsTokenRefused(RpcException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Status.Detail.Contains("etcdserver: invalid auth token", StringComparison.Ordinal)
            || error.Status.Detail.Contains("etcdserver: revision of auth store is old", StringComparison.Ordinal);
    }

    /// <summary>No connection was made, so the request has certainly not been carried out.</summary>
    internal static bool WasNeverSent(RpcException error) =>
        error.StatusCode == StatusCode.Unavailable
            && error.Status.DebugException is SocketException or HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError,
            };

    private static bool Has(RpcException error, StatusCode code, string text)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.StatusCode == code && error.Status.Detail == text;
    }
}
