using Sync.Member.Membership;

namespace Sync.Store.Options;

/// <summary>
/// The members named by <c>--initial-cluster</c>, or found by discovery, and the identities that follow from them.
/// </summary>
/// <param name="PeerUrls">Each member's peer URLs by its name, sorted by name.</param>
/// <param name="Token">The cluster's token; another token gives other identities.</param>
internal sealed record InitialCluster(
    IReadOnlyDictionary<string, IReadOnlyList<string>> PeerUrls, string Token)
{
    /// <summary>The members as <c>name=url,name2=url2</c>, sorted, so that equal clusters have equal texts.</summary>
    public string Text => string.Join(',', PeerUrls.SelectMany(member =>
        member.Value.Order(StringComparer.Ordinal).Select(url => $"{member.Key}={url}")));

    /// <summary>
    /// The cluster's identity, which follows from all its members' peer URLs and the token.
    /// </summary>
    public ulong ClusterId => BootstrapIdentities.ClusterOf(PeerUrls.Values, Token);

    /// <summary>
    /// A member's identity, which follows from its peer URLs and the token.
    /// </summary>
    /// <param name="name">A name that the cluster holds.</param>
    public ulong MemberIdOf(string name) => BootstrapIdentities.MemberOf(PeerUrls[name], Token).Value;

    /// <summary>The same cluster in which a member is at other URLs.</summary>
    /// <param name="name">The member's name, which the cluster need not hold.</param>
    /// <param name="urls">Its peer URLs.</param>
    public InitialCluster With(string name, IReadOnlyList<string> urls)
    {
        var members = new SortedDictionary<string, IReadOnlyList<string>>(PeerUrls.ToDictionary(), StringComparer.Ordinal)
        {
            [name] = urls,
        };
        return this with { PeerUrls = members };
    }

    /// <summary>Reads <c>name=url,name2=url2</c>; a name may stand several times, once for each of its URLs.</summary>
    /// <param name="value">The text.</param>
    /// <param name="token">The cluster's token.</param>
    /// <param name="faults">Receives one sentence for each entry that cannot be used.</param>
    /// <param name="source">Where the value is from, for these sentences.</param>
    public static InitialCluster Parse(
        string value, string token, List<string> faults, string source = "--initial-cluster")
    {
        var members = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in CommaList.Split(value))
        {
            var parts = entry.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0)
            {
                faults.Add($"{source}: {entry} is not of the form name=url.");
            }
            else if (UrlList.Parse(source, parts[1], faults) is not null)
            {
                if (!seen.Add(parts[1]))
                {
                    faults.Add($"initial cluster {value} has duplicate url {parts[1]}.");
                }

                members[parts[0]] = [.. members.GetValueOrDefault(parts[0]) ?? [], parts[1]];
            }
        }

        return new InitialCluster(members, token);
    }
}
