namespace Sync.Store.Options;

/// <summary>The comma-separated URL lists of etcd's flags.</summary>
internal static class UrlList
{
    /// <summary>Reads an advertised list: the URLs as text, each one checked.</summary>
    /// <param name="flag">The flag's name with its dashes.</param>
    /// <param name="list">The value as written.</param>
    /// <param name="faults">Receives one sentence for each URL that is not of the form.</param>
    public static List<string> ParseAdvertised(string flag, string list, List<string> faults) =>
        [.. CommaList.Split(list).Where(text => Parse(flag, text, faults) is not null)];

    /// <summary>Reads one URL: scheme http or https, a host, a port, nothing behind it.</summary>
    /// <returns>The URL, or null after a fault was added.</returns>
    public static Uri? Parse(string flag, string text, List<string> faults)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https"))
        {
            faults.Add($"{flag}: {text} is not a URL with the scheme http or https, such as http://127.0.0.1:2379.");
            return null;
        }

        if (PortStart(Authority(text)) < 0)
        {
            faults.Add($"{flag}: {text} names no port. Add one, such as {text.TrimEnd('/')}:2379.");
            return null;
        }

        if (uri.PathAndQuery is not ("/" or ""))
        {
            faults.Add($"{flag}: {text} must end after the port; {uri.PathAndQuery} is not allowed there.");
            return null;
        }

        return uri;
    }

    /// <summary>The host of a URL that <see cref="Parse"/> accepted, before .NET rewrites it.</summary>
    public static string HostAsWritten(string text)
    {
        var authority = Authority(text);
        return authority[..PortStart(authority)].Trim('[', ']');
    }

    private static string Authority(string text) =>
        text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].TrimEnd('/');

    private static int PortStart(string authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon < authority.LastIndexOf(']') ? -1 : colon;
    }
}
