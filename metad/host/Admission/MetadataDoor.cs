using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sync.Metad.Attesting;
using Sync.Metad.Auditing;
using Sync.Metad.Containers;
using Sync.Metad.Endpoints;
using Sync.Metad.Model.Attesting;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;

namespace Sync.Metad.Admission;

/// <summary>What a request of the metadata API passes before it is answered: refusals, session tokens, the wait for a mapping.</summary>
internal sealed class MetadataDoor
{
    private readonly MetadataRules _rules;
    private readonly MetadataEndpoint _endpoint;
    private readonly EndpointServices _services;
    private readonly SessionTokens _tokens;
    private readonly ContainerDirectory _containers;
    private readonly IdentityWait _wait;
    private readonly DoorLog _log;
    private readonly ViewSettings _settings;
    private readonly SafetyOptions _safety;
    private readonly AttestedDocuments? _attested;

    /// <summary>Creates the door.</summary>
    public MetadataDoor(
        MetadataRules rules,
        MetadataEndpoint endpoint,
        EndpointServices services,
        SessionTokens tokens,
        ContainerDirectory containers,
        IdentityWait wait,
        DoorLog log,
        MetadOptions options,
        AttestedDocuments? attested)
    {
        _rules = rules;
        _endpoint = endpoint;
        _services = services;
        _tokens = tokens;
        _containers = containers;
        _wait = wait;
        _log = log;
        _settings = new(options.UnknownMayRead, options.OnlySelf);
        _safety = options.Safety;
        _attested = attested;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    /// <returns>True when the answer was held back, so that its time says nothing.</returns>
    public async Task<bool> HandleAsync(HttpContext context, string rawTarget)
    {
        if (_safety.GuardHeader is { } guard)
        {
            context.Response.Headers[guard.Key] = guard.Value;
        }

        if (_attested is not null && IsRead(context) && IsAt(AttestedDocument.KeysRoute, rawTarget))
        {
            // Public keys: whoever verifies a document is no caller, and shows nothing.
            await SendAsync(context, _attested.AnswerKeys());
            return false;
        }

        var isForToken = IsForToken(context, rawTarget);
        switch (_rules.Decide(context, rawTarget, isForToken))
        {
            case Admittance.Refused refused:
                await SendAsync(context, Answer.Error(
                    refused.Status, refused.Message, AcceptHeader.Choose(context.Request.Headers.Accept)));
                _log.Denied(context, rawTarget, refused.Caller, refused.Reason);
                return false;
            case Admittance.Admitted admitted when isForToken:
                await GiveTokenAsync(context, admitted.Client);
                return false;
            case Admittance.Admitted { Client: var client }:
                var named = await _containers.NameAsync(context, client);
                var known = await _wait.UntilKnownAsync(context, rawTarget, named);
                var isHeld = await _endpoint.HandleAsync(context, rawTarget, known);
                LogDenial(context, rawTarget, known);
                return isHeld;
            default:
                throw new UnreachableException("A door lets in or refuses.");
        }
    }

    private bool IsForToken(HttpContext context, string rawTarget) =>
        _safety.SessionTokens != SessionTokenMode.Off && HttpMethods.IsPut(context.Request.Method)
        && IsAt(SessionTokens.Route, rawTarget);

    private static bool IsAt(string route, string rawTarget) =>
        RequestTarget.Decode(rawTarget) is RequestTarget.Resolved { Path: var path } && path.ToString() == route;

    private static bool IsRead(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

    private Task GiveTokenAsync(HttpContext context, ClientIdentity client)
    {
        var isNumber = int.TryParse(
            context.Request.Headers[SessionTokens.LifeHeader], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds);
        if (!isNumber || seconds is < 1 or > SessionTokens.LifeSecondsMax)
        {
            return SendAsync(context, Answer.Error(
                StatusCodes.Status400BadRequest,
                $"{SessionTokens.LifeHeader} must be a number from 1 to {SessionTokens.LifeSecondsMax}",
                BodyFormat.Text));
        }

        HopLimit.Apply(context, _safety.TokenHopLimit);
        context.Response.Headers[SessionTokens.LifeHeader] = seconds.ToString(CultureInfo.InvariantCulture);
        return SendAsync(context, new(
            StatusCodes.Status200OK,
            "text/plain",
            Encoding.ASCII.GetBytes(_tokens.Issue(client, TimeSpan.FromSeconds(seconds)))));
    }

    // Looked at after the answer, so that what is denied takes no longer than what is not there.
    private void LogDenial(HttpContext context, string rawTarget, ClientIdentity client)
    {
        if (context.Response.StatusCode == StatusCodes.Status429TooManyRequests)
        {
            _log.Denied(context, rawTarget, client.ToString(), Denial.Waiters);
        }
        else if (context.Response.StatusCode == StatusCodes.Status404NotFound && IsRead(context)
            && RequestTarget.Decode(rawTarget) is RequestTarget.Resolved { Path: var path })
        {
            var snapshot = _services.Feed.Current.Snapshot;
            var isKnown = snapshot.For(client, _settings).IsKnown;
            if (!isKnown || snapshot.Tree.Find(path) is not null)
            {
                _log.Denied(context, rawTarget, client.ToString(), isKnown ? Denial.Hidden : Denial.UnknownCaller);
            }
        }
    }

    private Task SendAsync(HttpContext context, Answer answer)
    {
        Reply.SetVersion(context, _services.Reply.NextRequestId(), _services.Feed.Current.Answers.Version);
        return _services.Reply.SendAsync(context, answer);
    }
}
