using Sync.Store.Options;

namespace Sync.Store.Peers;

/// <summary>Compares lists of peer URLs by where they lead, however that is written.</summary>
/// <remarks>Source: etcd, pkg/netutil/netutil.go, URLStringsEqual.</remarks>
internal static class PeerUrls
{
    // A name may be entered while the members start.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How this member's own peer URLs are written differently in <c>--initial-cluster</c> and in
    /// <c>--initial-advertise-peer-urls</c>.
    /// </summary>
    /// <returns>A sentence each way; none when both are written alike.</returns>
    public static IEnumerable<string> FindDifferences(StoreSettings settings)
    {
        var (own, advertised) = (settings.Cluster.PeerUrls[settings.Name], settings.AdvertisedPeerUrls);
        if (own.Except(advertised).FirstOrDefault() is { } missing)
        {
            yield return $"--initial-cluster has {settings.Name}={missing} but missing from "
                + $"--initial-advertise-peer-urls={string.Join(',', advertised)}.";
        }

        if (advertised.Except(own).FirstOrDefault() is { } unknown)
        {
            yield return $"--initial-advertise-peer-urls has {unknown} but missing from "
                + $"--initial-cluster={settings.Cluster.Text}.";
        }
    }

    /// <summary>Whether two lists lead to the same places. Names that are not known yet are looked up for half a minute.</summary>
    /// <param name="one">Peer URLs, checked.</param>
    /// <param name="other">Others, checked.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Gives the question up.</param>
    public static async Task<bool> AreSameAsync(
        IReadOnlyList<string> one, IReadOnlyList<string> other, TimeProvider time, CancellationToken stop)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var (areSame, areFound) = await CompareAsync(one, other, stop);
            if (areSame || areFound || time.GetElapsedTime(began) >= Patience)
            {
                return areSame;
            }

            await Task.Delay(AskAgain, time, stop);
        }
    }

    /// <summary>Whether two lists lead to the same places, as far as their names are known now.</summary>
    public static async Task<bool> AreSameNowAsync(
        IReadOnlyList<string> one, IReadOnlyList<string> other, CancellationToken stop) =>
        (await CompareAsync(one, other, stop)).AreSame;

    private static async Task<(bool AreSame, bool AreFound)> CompareAsync(
        IReadOnlyList<string> one, IReadOnlyList<string> other, CancellationToken stop)
    {
        if (one.ToHashSet().SetEquals(other))
        {
            return (AreSame: true, AreFound: true);
        }

        var (left, right) = (await LocateAsync(one, stop), await LocateAsync(other, stop));
        return (PeerPlace.AreSame(left, right), left.Concat(right).All(place => place.IsFound));
    }

    private static Task<PeerPlace[]> LocateAsync(IReadOnlyList<string> urls, CancellationToken stop) =>
        Task.WhenAll(urls.Select(url => PeerPlace.LocateAsync(new Uri(url), stop)));
}
