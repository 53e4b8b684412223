using Sync.Metad.Auditing;
using Sync.Metad.Clients;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Paths;
using Sync.Metad.Options;

namespace Sync.Metad.Admission;

/// <summary>Decides which requests of the metadata API are let in, and as whose.</summary>
internal sealed class MetadataRules
{
    private readonly HostPolicy _hosts;
    private readonly CallerIdentity _identity;
    private readonly SessionTokens _tokens;
    private readonly SessionTokenMode _tokenMode;
    private readonly KeyValuePair<string, string>? _guard;
    private readonly bool _isPathStrict;

    /// <summary>Reads the settings once.</summary>
    public MetadataRules(HostPolicy hosts, CallerIdentity identity, SessionTokens tokens, MetadOptions options)
    {
        _hosts = hosts;
        _identity = identity;
        _tokens = tokens;
        _tokenMode = options.Safety.SessionTokens;
        _guard = options.Safety.GuardHeader;
        _isPathStrict = options.Safety.IsPathStrict;
    }

    /// <summary>Decides over a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    /// <param name="isForToken">States that it asks for a token, and so need not show one.</param>
    public Admittance Decide(HttpContext context, string rawTarget, bool isForToken)
    {
        if (_hosts.Refusal(context.Request) is { } site)
        {
            return new Admittance.Refused(
                StatusCodes.Status403Forbidden, "requests for this Host, or from this Origin, are not served", site, "");
        }

        if (_isPathStrict && !RequestTarget.IsPlain(rawTarget))
        {
            return new Admittance.Refused(
                StatusCodes.Status400BadRequest, "the path is not in its plain form", Denial.Path, "");
        }

        return _identity.Identify(context, rawTarget) switch
        {
            Caller.Known known => Decide(context.Request.Headers, known.Client, isForToken),
            Caller.Malformed => new Admittance.Refused(
                StatusCodes.Status400BadRequest, "X-Forwarded-For holds no ip", Denial.MalformedCaller, ""),
            Caller.Forged forged => new Admittance.Refused(
                StatusCodes.Status403Forbidden, forged.Problem, Denial.Signature, ""),
            _ => new Admittance.Refused(
                StatusCodes.Status403Forbidden, "X-Forwarded-For is not accepted", Denial.Forwarded, ""),
        };
    }

    private Admittance Decide(IHeaderDictionary headers, ClientIdentity client, bool isForToken)
    {
        if (_guard is { } guard && !string.Equals(headers[guard.Key].ToString(), guard.Value, StringComparison.OrdinalIgnoreCase))
        {
            return new Admittance.Refused(
                StatusCodes.Status403Forbidden, $"the header {guard.Key} is missing", Denial.GuardHeader, client.ToString());
        }

        // Who writes through a proxy is not at this machine's own network.
        if (isForToken)
        {
            return ForwardingHeaders.IsIn(headers)
                ? new Admittance.Refused(
                    StatusCodes.Status403Forbidden, "tokens are not given through proxies", Denial.Forwarded, client.ToString())
                : new Admittance.Admitted(client);
        }

        return IsTokenGood(headers, client)
            ? new Admittance.Admitted(client)
            : new Admittance.Refused(
                StatusCodes.Status401Unauthorized, "a session token is wanted", Denial.SessionToken, client.ToString());
    }

    private bool IsTokenGood(IHeaderDictionary headers, ClientIdentity client)
    {
        if (_tokenMode == SessionTokenMode.Off)
        {
            return true;
        }

        var shown = headers[SessionTokens.TokenHeader];
        return shown.Count == 0
            ? _tokenMode == SessionTokenMode.Optional
            : shown is [{ } token] && _tokens.IsGood(token, client);
    }
}
