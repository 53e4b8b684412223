using Sync.Metad.Model.Clients;
using static Sync.Metad.Options.FlagText;

namespace Sync.Metad.Options;

/// <summary>Every setting, once. The command line, the file, the environment and the help are read from this list.</summary>
internal static class MetadFlags
{
    private static readonly TimeSpan WaitQuietMax = TimeSpan.FromMilliseconds(250);

    // What requests are looked at with, and what is logged. All else is part of what is built once, at the start.
    private static readonly HashSet<string> Live = new(StringComparer.Ordinal)
    {
        "xff", "trusted_proxies", "strict", "only_self", "default_access", "wait_quiet", "waiters_max",
        "waiters_per_client_max", "stale_max", "identity_wait", "session_tokens", "token_hop_limit", "guard_header",
        "allowed_hosts", "check_every_host", "strict_paths", "wait_max", "manage_uids", "log_level",
    };

    /// <summary>The settings in the order of the help.</summary>
    public static IReadOnlyList<MetadFlag> All { get; } =
    [
        .. Every().Select(flag => flag with { IsLive = Live.Contains(flag.Name) }),
    ];

    /// <summary>The setting of a name.</summary>
    /// <param name="name">As on the command line.</param>
    /// <returns>Null when there is none.</returns>
    public static MetadFlag? Find(string name) => All.FirstOrDefault(flag => flag.Name == name);

    private static IEnumerable<MetadFlag> Every() =>
    [
        new("backend", "local", "Where keys come from: local (memory), file, etcdv3 or etcd.", SetBackend),
        new("file", "", "The file of the backend file, JSON or .yaml.", (options, text) => options.BackendFile = NullIfEmpty(text)),
        new("nodes", "http://127.0.0.1:2379", "Addresses of the store, repeated or separated by commas.", AddNodes)
        {
            IsList = true,
            Clear = options => options.Nodes.Clear(),
        },
        new("prefix", "", "Root of the data in the store.", (options, text) => options.Prefix = text),
        new("group", "default", "Namespace of mappings and rules.", SetGroup),
        new("listen", ":80", "Where the metadata API listens: host:port or unix:PATH, several by commas.", (options, text) => options.Listen = Address(text)),
        new("listen_manage", "127.0.0.1:9611", "Where the manage API listens, in the same forms.",
            (options, text) => options.ListenManage = Address(text)),
        Switch("xff", "Callers are told from X-Forwarded-For.", (options, on) => options.ForwardedFor = on),
        new("trusted_proxies", "", "Addresses or blocks whose X-Forwarded-For is believed; none believes everybody.",
            AddProxies)
        {
            IsList = true,
            Clear = options => options.TrustedProxies.Clear(),
        },
        Switch("strict", "Refuses forwarding headers, unless a trusted proxy sent them.", (options, on) => options.Strict = on),
        Switch("only_self", "Answers nothing but a caller's own part.", (options, on) => options.OnlySelf = on),
        new("default_access", "none", "What callers without rules and mapping read: none or everything (read).",
            SetDefaultAccess),
        Switch("basic_auth", "Signs in to the store with username and password.",
            (options, on) => options.BasicAuth = on),
        new("username", "", "The name to sign in with.", (options, text) => options.Username = text),
        new("password", "", "The password to sign in with.", (options, text) => options.Password = text),
        new("client_ca_keys", "", "PEM file of the authorities to trust for the store.",
            (options, text) => options.ClientCaKeys = NullIfEmpty(text)),
        new("client_cert", "", "PEM file of the certificate to show the store.",
            (options, text) => options.ClientCert = NullIfEmpty(text)),
        new("client_key", "", "PEM file of that certificate's key.",
            (options, text) => options.ClientKey = NullIfEmpty(text)),
        new("wait_quiet", "0", "Milliseconds without a change before a directory's waiters are answered, 0 to 250.",
            (options, text) => options.WaitQuiet = Milliseconds(text, WaitQuietMax)),
        new("waiters_max", "100000", "The most requests that wait at one time.",
            (options, text) => options.WaitersMax = Count(text)),
        new("waiters_per_client_max", "10000", "The most requests of one caller that wait at one time.",
            (options, text) => options.WaitersPerClientMax = Count(text)),
        new("stale_max", "0", "Seconds without the store after which reads are refused; 0 is never.",
            (options, text) => options.StaleMax = Seconds(text)),
        new("snapshot_file", "", "File that keeps the last known keys of a store, to serve them where it is away at the start.",
            (options, text) => options.SnapshotFile = NullIfEmpty(text)),
        new("body_bytes_max", "33554432", "The largest request body.", (options, text) => options.BodyBytesMax = Count(text)),
        new("compat", "metad", "Shapes of answers: metad, as clients of 2018 know them, or none, plain ones.", SetCompat),
        .. SafetyFlags.All,
        new("log_level", "info", "debug, info, warning, error, fatal or panic.", SetLogLevel),
        new("log_format", "text", "text or json.", SetLogFormat),
        new("otlp_endpoint", "", "Where metrics and traces go by OTLP over HTTP: http://host:4318.", SetOtlpEndpoint),
        new("pid_file", "", "File for the process id.", (options, text) => options.PidFile = NullIfEmpty(text)),
        Switch("pprof", "Accepted; this program is measured with the .NET tools instead.", NotePprof) with
        {
            IsInFile = false,
        },
    ];

    private static void SetBackend(MetadOptions options, string text) => options.Backend = text switch
    {
        "local" or "memory" => BackendKind.Local,
        "file" => BackendKind.File,
        "etcd" or "etcdv3" or "" => BackendKind.Etcd,
        _ => throw new FormatException($"Invalid backend \"{text}\": use local, file, etcdv3 or etcd."),
    };

    private static void AddNodes(MetadOptions options, string text) =>
        options.Nodes.AddRange(Entries(text));

    private static void AddProxies(MetadOptions options, string text)
    {
        foreach (var block in Entries(text))
        {
            options.TrustedProxies.Add(AddressBlock.TryParse(block, out _)
                ? block
                : throw new FormatException($"\"{block}\" is no address or block such as 10.0.0.0/8."));
        }
    }

    private static void SetGroup(MetadOptions options, string text) =>
        options.Group = text.Length > 0 && !text.Contains('/', StringComparison.Ordinal)
            ? text
            : throw new FormatException($"\"{text}\" is no group: a name without slashes is wanted.");

    private static void SetDefaultAccess(MetadOptions options, string text) => options.UnknownMayRead = text switch
    {
        "none" => false,
        "read" => true,
        _ => throw new FormatException($"\"{text}\" is no access: use none or read."),
    };

    private static void SetCompat(MetadOptions options, string text) => options.IsCompatible = text switch
    {
        "metad" => true,
        "none" => false,
        _ => throw new FormatException($"\"{text}\" is no compatibility: use metad or none."),
    };

    private static void SetLogLevel(MetadOptions options, string text) => options.LogLevel = text switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warning" or "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" or "panic" => LogLevel.Critical,
        _ => throw new FormatException(
            $"not a valid level: \"{text}\"; use debug, info, warning, error, fatal or panic."),
    };

    private static void SetLogFormat(MetadOptions options, string text) => options.LogsJson = text switch
    {
        "text" => false,
        "json" => true,
        _ => throw new FormatException($"\"{text}\" is no format of a log: use text or json."),
    };

    private static void SetOtlpEndpoint(MetadOptions options, string text) =>
        options.OtlpEndpoint = text.Length == 0 ? null
            : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri
            : throw new FormatException($"\"{text}\" is no address such as http://127.0.0.1:4318.");

    private static void NotePprof(MetadOptions options, bool on)
    {
        if (on)
        {
            options.Warnings.Add("pprof does nothing here: use dotnet-trace and dotnet-counters");
        }
    }

    private static string Address(string text)
    {
        ListenAddress.ParseAll(text);
        return text;
    }
}
