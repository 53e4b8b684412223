namespace Sync.TestKit;

/// <summary>A member's name and addresses, before it runs.</summary>
/// <param name="Name">The member's name.</param>
/// <param name="ClientUrl">Where clients connect.</param>
/// <param name="PeerUrl">Where other members connect.</param>
public sealed record ClusterSeat(string Name, Uri ClientUrl, Uri PeerUrl)
{
    /// <summary>The member as it stands in <c>--initial-cluster</c>.</summary>
    public string Entry => $"{Name}={PeerUrl.OriginalString}";

    /// <summary>Seats on free ports of loopback.</summary>
    /// <param name="names">A name for each.</param>
    /// <param name="peerScheme">http or https.</param>
    public static IReadOnlyList<ClusterSeat> Take(IReadOnlyList<string> names, string peerScheme = "http")
    {
        var ports = FreePort.Take(2 * names.Count);
        return [.. names.Select((name, number) => new ClusterSeat(
            name,
            new Uri($"http://127.0.0.1:{ports[2 * number]}"),
            new Uri($"{peerScheme}://127.0.0.1:{ports[(2 * number) + 1]}")))];
    }

    /// <summary>The flags of the member itself.</summary>
    /// <param name="dataDirectory">Where its data is.</param>
    public IReadOnlyList<string> Arguments(string dataDirectory) =>
    [
        "--name", Name,
        "--data-dir", dataDirectory,
        "--listen-client-urls", ClientUrl.OriginalString,
        "--advertise-client-urls", ClientUrl.OriginalString,
        "--listen-peer-urls", PeerUrl.OriginalString,
        "--initial-advertise-peer-urls", PeerUrl.OriginalString,
    ];
}
