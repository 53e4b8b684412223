using System.Globalization;

namespace Sync.Etcd.Client.Connections;

/// <summary>Reads the address of an endpoint as people write it.</summary>
public static class EndpointAddress
{
    private const int DefaultPort = 2379;

    /// <summary>Reads <c>[scheme://]host[:port]</c>; the port is 2379 when absent.</summary>
    /// <param name="text">Such as <c>127.0.0.1:2379</c>, <c>https://store.example</c> or <c>[::1]:2379</c>.</param>
    /// <param name="scheme">What an address without a scheme means.</param>
    /// <returns>An <c>http</c> or <c>https</c> address with a port and no path.</returns>
    /// <exception cref="FormatException">The text is no such address; the message says what is wrong.</exception>
    public static Uri Parse(string text, EndpointScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var whole = trimmed.Contains("://", StringComparison.Ordinal)
            ? trimmed
            : (scheme == EndpointScheme.Https ? "https://" : "http://") + trimmed;

        if (!Uri.TryCreate(whole, UriKind.Absolute, out var address) || address.Host.Length == 0)
        {
            throw new FormatException($"\"{text}\" is no endpoint. Write host:port or https://host:port.");
        }

        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new FormatException($"\"{text}\" has the scheme {address.Scheme}. Write http or https.");
        }

        if (address.PathAndQuery != "/")
        {
            throw new FormatException($"\"{text}\" has a path. An endpoint is a host and a port.");
        }

        return HasPort(whole) ? address : new UriBuilder(address) { Port = DefaultPort }.Uri;
    }

    // Uri hides whether the port was written or is the scheme's own.
    private static bool HasPort(string whole)
    {
        var authority = whole[(whole.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');
        var afterHost = authority.LastIndexOf(']') is var bracket and >= 0 ? authority[(bracket + 1)..] : authority;

        return afterHost.LastIndexOf(':') is var colon and >= 0
            && int.TryParse(afterHost.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
    }
}
