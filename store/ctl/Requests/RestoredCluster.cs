using Sync.Disk.Snapshots;
using Sync.Member.Membership;
using Sync.Raft.Membership;
using Sync.Store.Ctl.Options;

namespace Sync.Store.Ctl.Requests;

/// <summary>The cluster that a saved snapshot is to become, and which of its members is made.</summary>
/// <param name="Name">The member's name.</param>
/// <param name="PeerUrls">Each member's peer URLs by its name.</param>
/// <param name="Token">The cluster's token.</param>
internal sealed record RestoredCluster(string Name, IReadOnlyDictionary<string, List<string>> PeerUrls, string Token)
{
    /// <summary>Reads what etcd's flags say.</summary>
    /// <param name="name">The member's name.</param>
    /// <param name="initialCluster"><c>name=url,name2=url2</c>; a name stands once for each of its URLs.</param>
    /// <param name="token">The cluster's token.</param>
    /// <param name="advertisedUrls">The member's own peer URLs, separated by commas.</param>
    /// <exception cref="ControlFailure">They do not fit together.</exception>
    public static RestoredCluster Parse(string name, string initialCluster, string token, string advertisedUrls)
    {
        var members = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var entry in CommaList.Split(initialCluster))
        {
            if (entry.Split('=', 2) is not [{ Length: > 0 } member, var url] || !IsPeerUrl(url))
            {
                throw Refused($"--initial-cluster: {entry} is not of the form name=http://host:port");
            }

            if (members.Values.Any(urls => urls.Contains(url)))
            {
                throw Refused($"initial cluster {initialCluster} has duplicate url {url}");
            }

            members.TryAdd(member, []);
            members[member].Add(url);
        }

        if (!members.TryGetValue(name, out var own))
        {
            throw Refused($"couldn't find local name \"{name}\" in the initial cluster configuration");
        }

        return own.Order(StringComparer.Ordinal).SequenceEqual(CommaList.Split(advertisedUrls).Order(StringComparer.Ordinal))
            ? new RestoredCluster(name, members, token)
            : throw Refused($"--initial-cluster has {name}={string.Join(',', own)}, and --initial-advertise-peer-urls is "
                + $"{advertisedUrls}; give both the same");
    }

    /// <summary>What the data directory is to be. A member is known by its peer URLs alone until it tells its name.</summary>
    public SnapshotRestore ToRestore()
    {
        var members = PeerUrls.Values
            .Select(urls => new ClusterMember(BootstrapIdentities.MemberOf(urls, Token), "", urls, ClientUrls: []))
            .ToList();
        return new SnapshotRestore
        {
            ClusterId = BootstrapIdentities.ClusterOf(PeerUrls.Values, Token),
            Member = BootstrapIdentities.MemberOf(PeerUrls[Name], Token),
            Configuration = new GroupConfiguration([.. members.Select(member => member.Id)]),
            Membership = ClusterMembersCodec.Encode(new ClusterMembers(members)),
        };
    }

    private static bool IsPeerUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", PathAndQuery: "/" or "" };

    private static ControlFailure Refused(string message) => new(ExitCode.Error, message);
}
