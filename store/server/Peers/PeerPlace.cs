using System.Net;
using Sync.Store.Certificates;

namespace Sync.Store.Peers;

/// <summary>Where a member is for the others, by name and by address.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Host">The host as it is named in a URL, in small letters.</param>
/// <param name="Port">The port.</param>
/// <param name="Addresses">The host's addresses; none when they cannot be had here.</param>
internal sealed record PeerPlace(string Scheme, string Host, int Port, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>The peer URL.</summary>
    public string Url => $"{Scheme}://{Host}:{Port}";

    /// <summary>Whether the host is known here.</summary>
    public bool IsFound => Addresses.Count > 0;

    /// <summary>A peer URL with the addresses of its host.</summary>
    public static async Task<PeerPlace> LocateAsync(Uri url, CancellationToken stop)
    {
        var host = url.Host.Trim('[', ']');
        return new PeerPlace(url.Scheme, url.Host, url.Port, IPAddress.TryParse(host, out var address)
            ? [address]
            : (await HostLookups.OfSystem.AddressesOfAsync(host).WaitAsync(stop)).Found);
    }

    /// <summary>Whether two lists are of the same places: each of one is among the others, and the other way round.</summary>
    public static bool AreSame(IReadOnlyList<PeerPlace> one, IReadOnlyList<PeerPlace> other) =>
        one.All(place => other.Any(place.IsSame)) && other.All(place => one.Any(place.IsSame));

    /// <summary>Whether both are one port of one machine, however that is named, with one scheme.</summary>
    public bool IsSame(PeerPlace other) => Scheme == other.Scheme && IsAt(other);

    /// <summary>Whether both are one port of one machine, however that is named.</summary>
    public bool IsAt(PeerPlace other) =>
        Port == other.Port && (Host == other.Host || Addresses.Intersect(other.Addresses).Any());

    /// <inheritdoc/>
    public override string ToString() => $"{Url} ({(IsFound ? string.Join(' ', Addresses) : "which has no address here")})";
}
