using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Sync.Metad.Model.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Clients;

/// <summary>
/// Tells who a caller is: its socket's peer, or whom a trusted proxy says it speaks for. Nothing else that a request
/// says plays a part.
/// </summary>
/// <remarks>
/// A proxy is trusted by its signature, or by its address. The forwarding header is a list to which each proxy adds the
/// peer it saw. It is read from the right: entries that are trusted proxies themselves are passed over, the first other
/// one is the caller. Without a list of proxies everybody is believed, and the last entry is the caller.
/// </remarks>
internal sealed class CallerIdentity
{
    private readonly bool _isForwardedFor;
    private readonly bool _isStrict;
    private readonly TrustedProxies _proxies;
    private readonly LinkTable _links;
    private readonly ProxySignatures? _signatures;

    /// <summary>Reads the settings once.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="proxies">The proxies that are trusted by their address.</param>
    /// <param name="signatures">Checks signatures; null believes none.</param>
    /// <param name="links">Names links.</param>
    public CallerIdentity(
        MetadOptions options, TrustedProxies proxies, ProxySignatures? signatures, LinkTable links)
    {
        _isForwardedFor = options.ForwardedFor;
        _isStrict = options.Strict;
        _proxies = proxies;
        _signatures = signatures;
        _links = links;
    }

    /// <summary>Tells who the caller is.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    public Caller Identify(HttpContext context, string rawTarget)
    {
        var headers = context.Request.Headers;
        if (_signatures is not null && headers.TryGetValue(ProxySignatures.IdentityHeader, out var identity))
        {
            var signature = headers[ProxySignatures.SignatureHeader];
            return identity is [{ } one] && signature is [{ } proof]
                ? _signatures.Check(context.Request.Method, rawTarget, one, proof)
                : new Caller.Forged("one identity and one signature are wanted");
        }

        if (context.Features.Get<UnixPeer>() is { } peer)
        {
            return _isStrict && IsForwarded(headers) ? new Caller.Forwarded() : new Caller.Known(peer.Identity);
        }

        var remote = context.Features.GetRequiredFeature<IHttpConnectionFeature>().RemoteIpAddress;
        return Identify(remote ?? IPAddress.None, headers);
    }

    /// <summary>Tells who a caller at a port is.</summary>
    /// <param name="peer">The peer of the connection.</param>
    /// <param name="headers">The request's headers.</param>
    internal Caller Identify(IPAddress peer, IHeaderDictionary headers)
    {
        var address = _links.AddressOf(peer);
        if (!_isForwardedFor || !_proxies.Believes(address))
        {
            return _isStrict && IsForwarded(headers) ? new Caller.Forwarded() : new Caller.Known(new(address));
        }

        var lines = headers[ForwardingHeaders.ForwardedFor];
        return lines.Count == 0 ? new Caller.Known(new(address)) : Walk(address, lines);
    }

    private static bool IsForwarded(IHeaderDictionary headers) =>
        ForwardingHeaders.IsIn(headers) || headers.ContainsKey(ProxySignatures.IdentityHeader);

    private Caller Walk(ClientAddress peer, StringValues lines)
    {
        var list = string.Join(',', lines.ToArray());
        if (string.IsNullOrWhiteSpace(list))
        {
            return new Caller.Known(new(peer));
        }

        var caller = peer;
        foreach (var entry in list.Split(',').Reverse())
        {
            if (!ClientAddress.TryParse(entry.AsSpan().Trim(), out caller))
            {
                return new Caller.Malformed();
            }

            if (!_proxies.Holds(caller))
            {
                break;
            }
        }

        return new Caller.Known(new(caller));
    }
}
