using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Sync.Metad.Auditing;
using Sync.Metad.Clients;
using Sync.Metad.Endpoints;
using Sync.Metad.Files;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Options;
using Sync.Posix;

namespace Sync.Metad.Admission;

/// <summary>What a request of the manage API passes before it is answered.</summary>
internal sealed class ManageDoor
{
    private const string Scheme = "Bearer ";

    private readonly HostPolicy _hosts;
    private readonly ManageEndpoint _endpoint;
    private readonly EndpointServices _services;
    private readonly DoorLog _log;
    private readonly SafetyOptions _safety;
    private readonly ReloadedFiles<SecretList>? _tokens;
    private readonly HashSet<uint> _users;
    private readonly FailureLimit _failures;
    private readonly LinkTable _links = new();

    /// <summary>Creates the door.</summary>
    /// <param name="hosts">Keeps browsers out.</param>
    /// <param name="endpoint">What is behind the door.</param>
    /// <param name="services">What answers are sent with.</param>
    /// <param name="log">Told of denials and changes.</param>
    /// <param name="options">The settings.</param>
    /// <param name="tokens">The tokens that may manage; null asks for none.</param>
    /// <param name="failures">Counts those who fail.</param>
    public ManageDoor(
        HostPolicy hosts,
        ManageEndpoint endpoint,
        EndpointServices services,
        DoorLog log,
        MetadOptions options,
        ReloadedFiles<SecretList>? tokens,
        FailureLimit failures)
    {
        _hosts = hosts;
        _endpoint = endpoint;
        _services = services;
        _log = log;
        _safety = options.Safety;
        _tokens = tokens;
        _failures = failures;
        _users = [0, PosixUser.EffectiveId, .. options.Safety.ManageUsers];
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    public async Task HandleAsync(HttpContext context, string rawTarget)
    {
        var isHealth = RequestTarget.Decode(rawTarget) is RequestTarget.Resolved { Path: var path }
            && path.FirstSegment.SequenceEqual("health"u8);
        if (Refusal(context, isHealth, out var caller) is { } refused)
        {
            await RefuseAsync(context, refused);
            _log.Denied(context, rawTarget, refused.Caller, refused.Reason);
            return;
        }

        await _endpoint.HandleAsync(context, rawTarget);
        var isWrite = context.Request.Method is "PUT" or "POST" or "DELETE" or "PATCH";
        if (isWrite && context.Response.StatusCode is >= 200 and < 300)
        {
            _log.Changed(context, rawTarget, caller);
        }
    }

    private Admittance.Refused? Refusal(HttpContext context, bool isHealth, out string caller)
    {
        caller = "";
        if (_hosts.Refusal(context.Request) is { } site)
        {
            return new(
                StatusCodes.Status403Forbidden, "requests for this Host, or from this Origin, are not served", site, caller);
        }

        if (!isHealth && Authenticate(context, out caller) is { } refused)
        {
            return refused;
        }

        // A form of a web page can send every other type.
        return _safety.IsHardened && context.Request.Method is "PUT" or "POST" && !context.Request.HasJsonContentType()
            ? new(StatusCodes.Status415UnsupportedMediaType, "application/json is wanted", Denial.ContentType, caller)
            : null;
    }

    private Admittance.Refused? Authenticate(HttpContext context, out string caller)
    {
        if (context.Features.Get<UnixPeer>() is { } peer)
        {
            caller = peer.Identity.ToString();
            return _users.Contains(peer.User)
                ? null
                : new(StatusCodes.Status403Forbidden, "this user may not manage", Denial.Authentication, caller);
        }

        caller = _links.AddressOf(
            context.Features.GetRequiredFeature<IHttpConnectionFeature>().RemoteIpAddress ?? IPAddress.None).ToString();
        if (!_safety.IsManageGuarded)
        {
            return null;
        }

        // The handshake let no certificate pass but one that may manage.
        if (_safety.ManageClientCa is not null && context.Connection.ClientCertificate is { } certificate)
        {
            caller = $"certificate {certificate.Subject}";
            return null;
        }

        return AuthenticateByToken(context.Request, caller);
    }

    private Admittance.Refused? AuthenticateByToken(HttpRequest request, string peer)
    {
        if (_failures.IsReached(peer))
        {
            return new(StatusCodes.Status429TooManyRequests, "too many failures", Denial.AuthenticationRate, peer);
        }

        if (_tokens is not null && request.Headers.Authorization is [{ } shown]
            && shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && _tokens.Current.Holds(shown[Scheme.Length..]))
        {
            return null;
        }

        _failures.Count(peer);
        return new(StatusCodes.Status401Unauthorized, "a token is wanted", Denial.Authentication, peer);
    }

    private Task RefuseAsync(HttpContext context, Admittance.Refused refused)
    {
        if (refused.Status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (refused.Status == StatusCodes.Status429TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        Reply.SetVersion(context, _services.Reply.NextRequestId(), _services.Feed.Current.Answers.Version);
        return _services.Reply.SendAsync(context, Answer.Error(
            refused.Status, refused.Message, AcceptHeader.Choose(context.Request.Headers.Accept)));
    }
}
