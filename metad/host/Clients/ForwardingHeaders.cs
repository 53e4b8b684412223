namespace Sync.Metad.Clients;

/// <summary>The headers by which proxies say that they are there, and whom they speak for.</summary>
internal static class ForwardingHeaders
{
    /// <summary>The list of addresses that a request came along.</summary>
    public const string ForwardedFor = "X-Forwarded-For";

    private static readonly string[] All =
        [ForwardedFor, "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"];

    /// <summary>States that a request came through a proxy, or says so.</summary>
    /// <param name="headers">The request's headers.</param>
    public static bool IsIn(IHeaderDictionary headers)
    {
        foreach (var name in All)
        {
            if (headers.ContainsKey(name))
            {
                return true;
            }
        }

        return false;
    }
}
