using System.Collections.Frozen;

namespace Sync.Etcd.Client.Connections;

/// <summary>The unary methods that change nothing, so that asking twice is as good as once.</summary>
internal static class ReadMethods
{
    private static readonly FrozenSet<string> Names = FrozenSet.Create(StringComparer.Ordinal,
        "/etcdserverpb.KV/Range",
        "/etcdserverpb.Lease/LeaseTimeToLive",
        "/etcdserverpb.Lease/LeaseLeases",
        "/etcdserverpb.Cluster/MemberList",
        "/etcdserverpb.Maintenance/Status",
        "/etcdserverpb.Maintenance/Hash",
        "/etcdserverpb.Maintenance/HashKV",
        "/etcdserverpb.Auth/AuthStatus",
        "/etcdserverpb.Auth/UserGet",
        "/etcdserverpb.Auth/UserList",
        "/etcdserverpb.Auth/RoleGet",
        "/etcdserverpb.Auth/RoleList");

    /// <summary>Whether <paramref name="method"/>, <c>/package.Service/Method</c>, is one of them.</summary>
    public static bool Contains(string method) => Names.Contains(method);
}
