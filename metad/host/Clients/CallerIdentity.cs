using System.Net;
using Microsoft.Extensions.Primitives;
using Sync.Metad.Model.Clients;
using Sync.Metad.Options;

namespace Sync.Metad.Clients;

/// <summary>Tells who a caller is: its socket's peer, or whom a trusted proxy says it speaks for.</summary>
/// <remarks>
/// The forwarding header is a list to which each proxy adds the peer it saw. It is read from the right: entries that
/// are trusted proxies themselves are passed over, the first other one is the caller. Without a list of proxies
/// everybody is believed, and the last entry is the caller.
/// </remarks>
internal sealed class CallerIdentity
{
    private readonly bool _isForwardedFor;
    private readonly bool _isStrict;
    private readonly AddressBlock[] _trusted;

    /// <summary>Reads the settings once.</summary>
    public CallerIdentity(MetadOptions options)
    {
        _isForwardedFor = options.ForwardedFor;
        _isStrict = options.Strict;
        _trusted =
        [
            .. options.TrustedProxies.Select(text =>
                AddressBlock.TryParse(text, out var block) ? block : throw new FormatException(text)),
        ];
    }

    /// <summary>Tells who the caller is.</summary>
    /// <param name="peer">The peer of the connection.</param>
    /// <param name="forwardedFor">All lines of <c>X-Forwarded-For</c>.</param>
    public Caller Identify(IPAddress peer, StringValues forwardedFor)
    {
        var address = ClientAddress.Of(peer);
        if (forwardedFor.Count == 0)
        {
            return new Caller.Known(new(address));
        }

        if (!_isForwardedFor)
        {
            return _isStrict ? new Caller.Forwarded() : new Caller.Known(new(address));
        }

        return _trusted.Length > 0 && !IsTrusted(address) ? new Caller.Known(new(address)) : Walk(address, forwardedFor);
    }

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

            if (!IsTrusted(caller))
            {
                break;
            }
        }

        return new Caller.Known(new(caller));
    }

    private bool IsTrusted(ClientAddress address)
    {
        foreach (var block in _trusted)
        {
            if (block.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
