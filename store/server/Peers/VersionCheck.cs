using Sync.Member.Membership;

namespace Sync.Store.Peers;

/// <summary>Keeps out who tells clients a lower version of etcd than the cluster has agreed on.</summary>
/// <remarks>Source: etcd, server/etcdserver/version/downgrade.go, MustDetectDowngrade.</remarks>
internal static class VersionCheck
{
    /// <summary>Why a member may not run in a cluster; null when it may.</summary>
    /// <param name="version">What it was given as <c>--etcd-version</c>.</param>
    /// <param name="members">The cluster.</param>
    /// <returns>A sentence.</returns>
    public static string? FindRefusal(string version, ClusterMembers members) =>
        ClusterVersion.Parse(version) is { } own && members.Version is { } agreed && own < agreed
            ? "invalid downgrade; server version is lower than determined cluster version: --etcd-version is "
                + $"{version}, and the cluster goes by {agreed}. Begin a downgrade first, one minor version at a time "
                + $"('storectl downgrade enable {agreed.OneLower}'), or give {agreed} or a later version."
            : null;
}
