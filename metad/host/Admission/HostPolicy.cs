using Sync.Metad.Auditing;
using Sync.Metad.Model.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Admission;

/// <summary>Keeps out the pages of web sites, whose scripts a browser runs inside the network.</summary>
/// <remarks>
/// A page cannot hide where it comes from when it sends, so what has an origin is refused. It can have its own name
/// point here and read, and then its browser still sends that name: browsers get answers under an address, localhost,
/// the machine's name and the names that are allowed, and so does everybody once names were allowed.
/// </remarks>
internal sealed class HostPolicy
{
    private readonly HashSet<string> _names;
    private readonly bool _isEverybodyChecked;

    /// <summary>Reads the settings once.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="machine">The machine's own name.</param>
    public HostPolicy(MetadOptions options, string machine)
    {
        _names = new(options.Safety.AllowedHosts, StringComparer.OrdinalIgnoreCase) { "localhost", machine };
        _isEverybodyChecked = options.Safety.IsEveryHostChecked || options.Safety.AllowedHosts.Count > 0;
    }

    /// <summary>Says why a request is refused.</summary>
    /// <param name="request">The request.</param>
    /// <returns>One of <see cref="Denial"/>; null lets it in.</returns>
    public string? Refusal(HttpRequest request)
    {
        var headers = request.Headers;
        var site = headers["Sec-Fetch-Site"];
        if (headers.Origin.Count > 0 || (site.Count > 0 && site is not ["none" or "same-origin"]))
        {
            return Denial.Origin;
        }

        var isBrowser = headers.AcceptLanguage.Count > 0 || headers.Referer.Count > 0 || site.Count > 0;
        return (_isEverybodyChecked || isBrowser) && !IsOurs(request.Host.Host) ? Denial.Host : null;
    }

    // A name that points here may be anybody's; an address can only be ours. Old clients send none.
    private bool IsOurs(string host) =>
        host.Length == 0 || _names.Contains(host.TrimEnd('.')) || ClientAddress.TryParse(host.AsSpan().Trim("[]"), out _);
}
