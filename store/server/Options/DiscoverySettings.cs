using Sync.Etcd.Client.Connections;

namespace Sync.Store.Options;

/// <summary>Where a member without data learns who founds its cluster, when its flags do not name the members.</summary>
internal abstract record DiscoverySettings
{
    /// <summary>DNS names them: <c>--discovery-srv</c>.</summary>
    /// <param name="Domain">The domain, in full.</param>
    /// <param name="Suffix">What follows the names of the services: empty, or begins with a dash.</param>
    public sealed record Dns(string Domain, string Suffix) : DiscoverySettings;

    /// <summary>They register in another store: <c>--discovery-token</c>, which is etcd's v3 discovery.</summary>
    /// <param name="Token">What they have in common; it is the cluster's token as well.</param>
    /// <param name="Store">Where the other store is and how to talk to it.</param>
    public sealed record Registry(string Token, EtcdClientOptions Store) : DiscoverySettings;
}
