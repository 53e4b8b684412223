using System.Globalization;
using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;

namespace Sync.Store.Discovery;

/// <summary>Makes an initial cluster of the places that DNS names.</summary>
/// <remarks>
/// Identities follow from the peer URLs and the token, so all members come to the same cluster, whatever the order of the
/// records and whatever names they give each other meanwhile. For the same reason a host keeps its place whose address
/// cannot be had: were it left out, as in etcd, each member would found a cluster of those that it happens to find. Source:
/// etcd, client/pkg/srv/srv.go, GetCluster.
/// </remarks>
internal static class ServiceMembers
{
    /// <summary>Makes the cluster.</summary>
    /// <param name="name">This member's name; the others are called 0, 1 and so on until they have told theirs.</param>
    /// <param name="own">Where this member is by its own flags.</param>
    /// <param name="places">Where DNS says that members are.</param>
    /// <param name="token">The cluster's token.</param>
    /// <exception cref="StartException">This member is none of them, or more than one.</exception>
    public static InitialCluster Found(
        string name, IReadOnlyList<PeerPlace> own, IReadOnlyList<PeerPlace> places, string token)
    {
        var advertised = string.Join(", ", own);
        var here = places.Where(place => own.Any(place.IsAt)).DistinctBy(place => place.Url).ToList();
        if (here.FirstOrDefault(place => !own.Any(place.IsSame)) is { } mismatch)
        {
            throw new StartException(
                $"bootstrap at {mismatch.Url} from DNS has scheme mismatch with expected peer {advertised}. Records of "
                + "_etcd-server-ssl are for https, those of _etcd-server for http; have one for each member, and "
                + "--initial-advertise-peer-urls with its scheme.");
        }

        if (here.Count != 1)
        {
            throw new StartException(here.Count == 0
                ? $"cannot find local etcd member \"{name}\" in SRV records: none is for --initial-advertise-peer-urls, "
                    + $"{advertised}. They are for {string.Join(", ", places)}."
                : $"The SRV records name this member {here.Count} times, at {string.Join(", ", here)}, and the others would "
                    + "take it for as many members; have one record for each.");
        }

        var members = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            [name] = [here[0].Url],
        };
        var others = places.Select(place => place.Url).Except(members[name]).Order(StringComparer.Ordinal);
        foreach (var (number, url) in others.Index())
        {
            var called = number.ToString(CultureInfo.InvariantCulture);
            members[called == name ? $"{called}-other" : called] = [url];
        }

        return new InitialCluster(members, token);
    }
}
