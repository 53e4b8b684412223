using System.Globalization;
using System.Text.Json;
using Sync.Disk;
using Sync.Member.Membership;
using Sync.Store.Options;
using Sync.Store.Peers;
using Sync.Store.Replication;
using Sync.Store.Rpc;

namespace Sync.Store.Http;

/// <summary>What the server answers over plain HTTP, and which gRPC services it has.</summary>
/// <remarks>Source: etcd, HTTP endpoints of the client port and of the peer port.</remarks>
internal static class StoreRoutes
{
    private const string MembersPath = "/sync.peers.Peer";

    /// <summary>Maps all paths and services.</summary>
    public static void Map(WebApplication app)
    {
        var messageBytesMax = app.Services.GetRequiredService<StoreSettings>().MessageBytesMax;
        app.Use(ReusedStreams.ClearMarkAsync);
        app.Use(SetCrossOriginHeadersAsync);
        app.Use(KeepPortsApartAsync);
        app.Use((HttpContext http, RequestDelegate next) => RefusalTexts.RewordAsync(http, next, messageBytesMax));
        app.MapGrpcService<PeerService>();
        app.MapGrpcService<KvService>();
        app.MapGrpcService<WatchService>();
        app.MapGrpcService<LeaseService>();
        app.MapGrpcService<ClusterService>();
        app.MapGrpcService<MaintenanceService>();
        app.MapGrpcService<AuthService>();
        app.MapGrpcService<HealthService>();
        app.Map("/health", http => AnswerGetAsync(
            http, http.RequestServices.GetRequiredService<HealthEndpoint>().AnswerAsync));
        app.Map("/version", AnswerVersionAsync);
        app.MapFallback("{*path}", AnswerNotFoundAsync);
    }

    private static Task SetCrossOriginHeadersAsync(HttpContext http, RequestDelegate next)
    {
        // gRPC has no use for them, and they would cost every call.
        if (HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            return next(http);
        }

        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = "POST, GET, OPTIONS, PUT, DELETE";
        headers.AccessControlAllowHeaders = "accept, content-type, authorization";
        headers.AccessControlAllowOrigin = "*";
        return HttpMethods.IsOptions(http.Request.Method) ? Task.CompletedTask : next(http);
    }

    // What members say to each other is answered on the peer port alone, and what clients ask on theirs.
    private static Task KeepPortsApartAsync(HttpContext http, RequestDelegate next)
    {
        var isForMembers = http.Request.Path.StartsWithSegments(MembersPath, StringComparison.Ordinal);
        if (PeerPort.Received(http))
        {
            return isForMembers ? next(http) : AnswerPeerAsync(http);
        }

        return isForMembers ? AnswerNotFoundAsync(http) : next(http);
    }

    private static Task AnswerPeerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/version" => AnswerVersionAsync(http),
        "/members" => AnswerMembersAsync(http),
        _ => AnswerNotFoundAsync(http),
    };

    private static Task AnswerGetAsync(HttpContext http, RequestDelegate answerAsync)
    {
        if (HttpMethods.IsGet(http.Request.Method))
        {
            return answerAsync(http);
        }

        http.Response.Headers.Allow = HttpMethods.Get;
        return AnswerTextAsync(http, StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");
    }

    private static Task AnswerVersionAsync(HttpContext http) => AnswerGetAsync(http, WriteVersionAsync);

    private static Task WriteVersionAsync(HttpContext http)
    {
        var settings = http.RequestServices.GetRequiredService<StoreSettings>();
        var agreed = http.RequestServices.GetRequiredService<PublishedState>().Status.Members.Version;
        var cluster = agreed ?? ClusterVersion.Least;
        var storage = agreed ?? settings.MinorVersion;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(
            $$"""{"etcdserver":"{{settings.EtcdVersion}}","etcdcluster":"{{cluster}}","storage":"{{storage}}"}""",
            http.RequestAborted);
    }

    private static Task AnswerMembersAsync(HttpContext http)
    {
        var members = http.RequestServices.GetRequiredService<PublishedState>().Status.Members;
        var identity = http.RequestServices.GetRequiredService<StoreIdentity>();
        var incarnation = http.RequestServices.GetRequiredService<DataDirectory>().Identity.Incarnation;
        http.Response.Headers[ClusterJoin.ClusterHeader] = identity.ClusterText;
        http.Response.Headers[ClusterJoin.IncarnationHeader] = incarnation.Value.ToString(CultureInfo.InvariantCulture);
        http.Response.ContentType = "application/json";
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            foreach (var member in members.All)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", member.Id.Value);
                WriteList(writer, "peerURLs", member.PeerUrls);
                writer.WriteString("name", member.Name);
                WriteList(writer, "clientURLs", member.ClientUrls);
                if (member.IsLearner)
                {
                    writer.WriteBoolean("isLearner", true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return http.Response.Body.WriteAsync(json.ToArray(), http.RequestAborted).AsTask();
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static Task AnswerNotFoundAsync(HttpContext http) =>
        AnswerTextAsync(http, StatusCodes.Status404NotFound, "404 page not found\n");

    private static Task AnswerTextAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }
}
