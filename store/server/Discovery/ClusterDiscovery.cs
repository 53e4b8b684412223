using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Discovery;

/// <summary>Finds the members at bootstrap where a member's flags do not name them.</summary>
internal static class ClusterDiscovery
{
    /// <summary>Finds them.</summary>
    /// <param name="settings">What a member without data was told.</param>
    /// <param name="discovery">Where they are to be found.</param>
    /// <param name="tellAsync">Tells the operator what is waited for.</param>
    /// <param name="stop">Gives the waiting up.</param>
    /// <exception cref="StartException">They are not to be found, or this one is none of them.</exception>
    public static Task<InitialCluster> FindAsync(
        StoreSettings settings, DiscoverySettings discovery, Func<string, Task> tellAsync, CancellationToken stop) =>
        discovery switch
        {
            DiscoverySettings.Dns dns => ServiceDiscovery.FindAsync(settings, dns, ServiceResolver.OfSystem(), stop),
            DiscoverySettings.Registry registry => Registration.FindAsync(settings, registry, tellAsync, stop),
            _ => throw new InvalidOperationException($"There is no such way to find members: {discovery}."),
        };
}
