using System.Net;

namespace Sync.Store.Options;

/// <summary>An address that the server listens on, from a flag such as <c>--listen-client-urls</c>.</summary>
/// <param name="Text">The URL as the operator wrote it.</param>
/// <param name="IsTls">Whether the scheme asks for TLS.</param>
/// <param name="EndPoints">What to bind: one address, or both loopback addresses for <c>localhost</c>.</param>
/// <remarks>Source: etcd configuration, URL flags: scheme, IP address or <c>localhost</c>, and port are required.</remarks>
internal sealed record ListenUrl(string Text, bool IsTls, IReadOnlyList<IPEndPoint> EndPoints)
{
    /// <summary>The port of the URL.</summary>
    public int Port => EndPoints[0].Port;

    /// <summary>The name or address in the URL, and the addresses that it is bound to.</summary>
    public IEnumerable<string> Hosts =>
        EndPoints.Select(endPoint => endPoint.Address.ToString()).Prepend(UrlList.HostAsWritten(Text)).Distinct();

    /// <summary>Reads a comma-separated list of URLs.</summary>
    /// <param name="flag">The flag's name with its dashes, for the faults' texts.</param>
    /// <param name="list">The value as written.</param>
    /// <param name="faults">Receives one sentence for each URL that cannot be used.</param>
    public static List<ListenUrl> ParseList(string flag, string list, List<string> faults)
    {
        var urls = new List<ListenUrl>();
        foreach (var text in CommaList.Split(list))
        {
            if (Parse(flag, text, faults) is { } url)
            {
                urls.Add(url);
            }
        }

        return urls;
    }

    private static ListenUrl? Parse(string flag, string text, List<string> faults)
    {
        if (UrlList.Parse(flag, text, faults) is not { } uri)
        {
            return null;
        }

        var isTls = uri.Scheme == Uri.UriSchemeHttps;
        if (uri.Host == "localhost")
        {
            return new ListenUrl(text, isTls, Loopback(uri.Port));
        }

        // An address is taken as four decimal parts or in IPv6 form; .NET would also read octal and hex.
        var host = UrlList.HostAsWritten(text);
        if (IPAddress.TryParse(host, out var address) && IsCanonical(address, host))
        {
            return new ListenUrl(text, isTls, [new IPEndPoint(address, uri.Port)]);
        }

        faults.Add($"{flag}: {text} must name an IP address or localhost to listen on, not {host}.");
        return null;
    }

    private static List<IPEndPoint> Loopback(int port) =>
        System.Net.Sockets.Socket.OSSupportsIPv6
            ? [new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.IPv6Loopback, port)]
            : [new IPEndPoint(IPAddress.Loopback, port)];

    private static bool IsCanonical(IPAddress address, string host) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
        || string.Equals(address.ToString(), host, StringComparison.Ordinal);
}
