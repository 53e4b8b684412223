using System.Net;

namespace Sync.Store.Discovery;

/// <summary>Where a member is for the others, by name and by address.</summary>
/// <param name="Scheme">http or https.</param>
/// <param name="Host">The host as it is named in a URL, in small letters.</param>
/// <param name="Port">The port.</param>
/// <param name="Addresses">The host's addresses; none when they cannot be had here.</param>
internal sealed record PeerPlace(string Scheme, string Host, int Port, IReadOnlyList<IPAddress> Addresses)
{
    /// <summary>The peer URL.</summary>
    public string Url => $"{Scheme}://{Host}:{Port}";

    /// <summary>Whether both are one port of one machine, however that is named.</summary>
    public bool IsAt(PeerPlace other) =>
        Port == other.Port && (Host == other.Host || Addresses.Intersect(other.Addresses).Any());

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Url} ({(Addresses.Count > 0 ? string.Join(' ', Addresses) : "which has no address here")})";
}
