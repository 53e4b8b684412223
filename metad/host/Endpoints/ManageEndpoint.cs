using Sync.Metad.Auditing;
using Sync.Metad.Backends;
using Sync.Metad.Containers;
using Sync.Metad.Model.Access;
using Sync.Metad.Model.Backends;
using Sync.Metad.Model.Clients;
using Sync.Metad.Model.Formats;
using Sync.Metad.Model.Mapping;
using Sync.Metad.Model.Metadata;
using Sync.Metad.Model.Paths;
using Sync.Metad.Model.Views;
using Sync.Metad.Options;
using Sync.Metad.Watching;

namespace Sync.Metad.Endpoints;

/// <summary>The manage API: reads and writes of data, mappings and rules, without access rules of its own.</summary>
internal sealed class ManageEndpoint
{
    private const string Verbs = "GET, POST, PUT, DELETE";

    private readonly SnapshotFeed _feed;
    private readonly WaitingRoom _room;
    private readonly ContainerDirectory _containers;
    private readonly ManagePlanner _planner;
    private readonly ManageWriter _writer;
    private readonly ViewSettings _settings;
    private readonly AuditLog _audit;
    private readonly Reply _reply;
    private readonly MetadMetrics _metrics;
    private readonly TimeProvider _time;

    /// <summary>Creates the endpoint.</summary>
    public ManageEndpoint(
        EndpointServices services,
        WaitingRoom room,
        ContainerDirectory containers,
        IBackend backend,
        KeyLayout layout,
        AuditLog audit,
        MetadOptions options)
    {
        _feed = services.Feed;
        _reply = services.Reply;
        _metrics = services.Metrics;
        _time = services.Time;
        _room = room;
        _containers = containers;
        _planner = new(_feed, layout);
        _writer = new(services, backend, layout, options);
        _settings = new(options.UnknownMayRead, options.OnlySelf);
        _audit = audit;
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="rawTarget">The target of the request line as it was sent.</param>
    public async Task HandleAsync(HttpContext context, string rawTarget)
    {
        switch (RequestTarget.Decode(MappingEntry.KeepWhole(rawTarget)))
        {
            case RequestTarget.Redirected redirected:
                await _reply.RedirectAsync(context, redirected.Location);
                break;
            case RequestTarget.Resolved resolved:
                await RouteAsync(context, resolved);
                break;
            default:
                await SendAsync(context, Answer.Error(400, "the path cannot be decoded", BodyFormat.Text));
                break;
        }
    }

    private Task RouteAsync(HttpContext context, RequestTarget.Resolved target)
    {
        var kind = target.Path.BelowFirstSegment;
        var place = kind.BelowFirstSegment;
        return target.Path.ToString() switch
        {
            "/health" => _reply.SendAsync(context, Health()),
            "/health/live" => _reply.SendAsync(context, new(200, Answer.PlainText, "ok\n"u8.ToArray())),
            "/health/ready" => _reply.SendAsync(context, Ready()),
            "/metrics" => _reply.SendAsync(context, Metrics()),
            _ when !target.Path.FirstSegment.SequenceEqual("v1"u8) => _reply.SendAsync(context, Answer.NoRoute),
            _ when kind.FirstSegment.SequenceEqual("data"u8) => DataAsync(context, place, target.Query),
            _ when kind.FirstSegment.SequenceEqual("mapping"u8) => MappingAsync(context, place, target.Query),
            _ when kind.FirstSegment.SequenceEqual("rule"u8) && place.IsRoot => RulesAsync(context, target.Query),
            "/v1/rule/explain" => ExplainAsync(context, target.Query),
            "/v1/transaction" => TransactionAsync(context, target.Query),
            _ => _reply.SendAsync(context, Answer.NoRoute),
        };
    }

    private Task DataAsync(HttpContext context, MetadataPath place, string query) => context.Request.Method switch
    {
        "GET" => SendAsync(context, Read(context, _feed.Current.Snapshot.Tree, place, query)),
        "PUT" => WriteAsync(context, query, body => _planner.Data(isMerge: true, place, body)),
        "POST" => WriteAsync(context, query, body => _planner.Data(isMerge: false, place, body)),
        "DELETE" => WriteAsync(context, query, _ => _planner.DeleteData(place, query)),
        _ => RefuseVerbAsync(context, Verbs),
    };

    private Task MappingAsync(HttpContext context, MetadataPath place, string query) => context.Request.Method switch
    {
        "GET" => SendAsync(context, Read(context, _feed.Current.Snapshot.Mapping.Tree, StoredMapping(place), query)),
        "PUT" => WriteAsync(context, query, body => _planner.Mapping(isMerge: true, place, body)),
        "POST" => WriteAsync(context, query, body => _planner.Mapping(isMerge: false, place, body)),
        "DELETE" => WriteAsync(context, query, _ => _planner.DeleteMapping(place, query)),
        _ => RefuseVerbAsync(context, Verbs),
    };

    private Task RulesAsync(HttpContext context, string query) => context.Request.Method switch
    {
        "GET" => SendAsync(context, ReadRules(context, query)),
        "PUT" or "POST" => WriteAsync(context, query, _planner.Rules),
        "DELETE" => WriteAsync(context, query, _ => _planner.DeleteRules(Hosts(query) ?? [])),
        _ => RefuseVerbAsync(context, Verbs),
    };

    private Task TransactionAsync(HttpContext context, string query) => context.Request.Method == "POST"
        ? WriteAsync(context, query, _planner.Transaction)
        : RefuseVerbAsync(context, "POST");

    private async Task ExplainAsync(HttpContext context, string query) => await (context.Request.Method == "GET"
        ? SendAsync(context, await AnswerExplanationAsync(context, query))
        : RefuseVerbAsync(context, "GET"));

    // Of the caller as the metadata API would know it: with the names and the label that its container has now.
    private async Task<Answer> AnswerExplanationAsync(HttpContext context, string query)
    {
        var (format, _) = FormOf(context, query);
        if (!_feed.Current.IsLoaded)
        {
            return Answer.Error(503, "the backend's keys are not loaded yet", format);
        }

        var (host, path) = (ManagePlanner.Value(query, "host") ?? "", ManagePlanner.Value(query, "path") ?? "/");
        if (ClientOf(host) is not { } named)
        {
            return Answer.Error(400, "host should be the ip or name of a caller: ?host=10.0.0.1&path=/nodes", format);
        }

        var client = await _containers.NameAsync(named, context.RequestAborted);
        return RuleExplainer.Explain(
            _feed.Current.Snapshot, _settings, host, client, MetadataPath.Clean(Bytes(path)), format);
    }

    private static ClientIdentity? ClientOf(string host) =>
        ClientAddress.TryParse(host, out var address) ? new(address)
        : ClientName.TryParse(host, out var name) ? new(address: null, [name])
        : null;

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private Answer Read(HttpContext context, MetadataTree tree, MetadataPath place, string query)
    {
        var (format, isPretty) = FormOf(context, query);
        if (!_feed.Current.IsLoaded)
        {
            return Answer.Error(503, "the backend's keys are not loaded yet", format);
        }

        if (tree.Find(place) is not { } node)
        {
            return Answer.Error(404, "Not found", format);
        }

        var buffer = new ByteBuffer(1024);
        ViewFormat.Write(buffer, new View.DataView(node, AccessRules.Everything.Start()), format, isPretty);
        return Answer.Of(buffer, format);
    }

    private Answer ReadRules(HttpContext context, string query)
    {
        var (format, _) = FormOf(context, query);
        if (!_feed.Current.IsLoaded)
        {
            return Answer.Error(503, "the backend's keys are not loaded yet", format);
        }

        var stored = _feed.Current.Snapshot.Rules.Hosts;
        var wanted = Hosts(query) is { } hosts ? ManagePlanner.StoredHosts(hosts) : stored.Keys;
        var listed =
            from host in wanted.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            where stored.ContainsKey(host)
            select new KeyValuePair<string, AccessRules>(host, stored[host].Rules);
        var buffer = new ByteBuffer(1024);
        RuleFormat.Write(buffer, [.. listed], format);
        return Answer.Of(buffer, format);
    }

    private async Task WriteAsync(HttpContext context, string query, Func<ReadOnlyMemory<byte>, PlannedWrite> plan) =>
        await SendAsync(context, await _writer.WriteAsync(context, query, plan));

    private Answer Health()
    {
        var state = _feed.Current;
        var stale = state.LostSince is { } since ? (long)(_time.GetUtcNow() - since).TotalSeconds : 0;
        var json = $"{{\"status\":\"up\",\"loaded\":{(state.IsLoaded ? "true" : "false")},"
            + $"\"connected\":{(IsFollowing(state) ? "true" : "false")},"
            + $"\"revision\":{state.Answers.Version},\"stale_seconds\":{Math.Max(0, stale)}}}";
        return new(200, Answer.PlainText, System.Text.Encoding.ASCII.GetBytes(json));
    }

    private Answer Ready() => IsFollowing(_feed.Current)
        ? new(200, Answer.PlainText, "ready\n"u8.ToArray())
        : new(503, Answer.PlainText,
            _feed.Current.IsLoaded ? "the backend is away\n"u8.ToArray() : "not loaded\n"u8.ToArray());

    private static bool IsFollowing(FeedState state) => state is { IsLoaded: true, LostSince: null };

    private Answer Metrics() => new(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        System.Text.Encoding.UTF8.GetBytes(_metrics.Write(_feed.Current, _room.Count, _time.GetUtcNow()) + _audit.WriteMetrics()));

    // A mapping may be stored under an older spelling of its address.
    private MetadataPath StoredMapping(MetadataPath place)
    {
        var mappings = _feed.Current.Snapshot.Mapping;
        return mappings.SpellingsOf(place).FirstOrDefault(spelled => mappings.Tree.Find(spelled) is not null) ?? place;
    }

    private static IReadOnlyList<string>? Hosts(string query) => ManagePlanner.Names(query, "hosts", isTrimmed: true);

    private static (BodyFormat Format, bool IsPretty) FormOf(HttpContext context, string query)
    {
        var parsed = MetadataQuery.Parse(query);
        return (parsed.Format ?? AcceptHeader.Choose(context.Request.Headers.Accept), parsed.IsPretty);
    }

    private Task RefuseVerbAsync(HttpContext context, string verbs)
    {
        context.Response.Headers.Allow = verbs;
        return SendAsync(context, Answer.Error(
            405, $"{context.Request.Method} is not allowed", AcceptHeader.Choose(context.Request.Headers.Accept)));
    }

    private Task SendAsync(HttpContext context, Answer answer)
    {
        Reply.SetVersion(context, _reply.NextRequestId(), _feed.Current.Answers.Version);
        return _reply.SendAsync(context, answer);
    }
}
