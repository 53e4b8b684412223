using Sync.Store.Hosting;
using Sync.Store.Options;
using Sync.Store.Peers;

namespace Sync.Store.Discovery;

/// <summary>Finds the members of a cluster in DNS.</summary>
/// <remarks>Source: etcd, server/embed/config.go, GetDNSClusterNames.</remarks>
internal static class ServiceDiscovery
{
    private const string Tls = "_etcd-server-ssl";
    private const string Plain = "_etcd-server";

    /// <summary>Finds them.</summary>
    /// <param name="settings">What this member was told.</param>
    /// <param name="dns">Where they are named.</param>
    /// <param name="resolver">Who is asked.</param>
    /// <param name="stop">Gives the questions up.</param>
    /// <exception cref="StartException">DNS does not name them, or not this one.</exception>
    public static async Task<InitialCluster> FindAsync(
        StoreSettings settings, DiscoverySettings.Dns dns, ServiceResolver resolver, CancellationToken stop)
    {
        var places = new List<PeerPlace>();
        foreach (var (service, scheme) in new[] { (Tls, Uri.UriSchemeHttps), (Plain, Uri.UriSchemeHttp) })
        {
            places.AddRange(await resolver.FindAsync($"{service}{dns.Suffix}._tcp.{dns.Domain}", scheme, stop));
        }

        if (places.Count == 0)
        {
            throw new StartException(
                $"error querying DNS SRV records for {Tls}{dns.Suffix}._tcp.{dns.Domain} and {Plain}{dns.Suffix}._tcp."
                + $"{dns.Domain}: there are none. Add one for each member, or name the members with --initial-cluster.");
        }

        var own = await Task.WhenAll(settings.Cluster.PeerUrls[settings.Name]
            .Select(url => PeerPlace.LocateAsync(new Uri(url), stop)));
        return ServiceMembers.Found(settings.Name, own, places, settings.Cluster.Token);
    }
}
