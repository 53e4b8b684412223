namespace Sync.Metad.Options;

/// <summary>All that an operator may set, as text was turned into values. <see cref="MetadFlags"/> names the settings.</summary>
/// <remarks>Source: metad's configuration guide for the names and defaults that it has.</remarks>
internal sealed class MetadOptions
{
    /// <summary>Where keys come from; default <c>local</c>.</summary>
    public BackendKind Backend { get; set; } = BackendKind.Local;

    /// <summary>The file of the backend <c>file</c>; .yaml or .yml is YAML, any other name JSON.</summary>
    public string? BackendFile { get; set; }

    /// <summary>Addresses of the store; when none is given, <c>http://127.0.0.1:2379</c>.</summary>
    public List<string> Nodes { get; } = [];

    /// <summary>The least level that is logged; default information.</summary>
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>Log lines are JSON objects; default false, which is text.</summary>
    public bool LogsJson { get; set; }

    /// <summary>Where metrics and traces are sent by OTLP over HTTP, such as <c>http://127.0.0.1:4318</c>; null sends none.</summary>
    public Uri? OtlpEndpoint { get; set; }

    /// <summary>A file for the process id; null writes none.</summary>
    public string? PidFile { get; set; }

    /// <summary>Callers are told from <c>X-Forwarded-For</c>; default false.</summary>
    public bool ForwardedFor { get; set; }

    /// <summary>
    /// Blocks of addresses whose <c>X-Forwarded-For</c> is believed; empty believes everybody. Only matters with
    /// <see cref="ForwardedFor"/>.
    /// </summary>
    public List<string> TrustedProxies { get; } = [];

    /// <summary>Requests with forwarding headers are refused, unless a trusted proxy sent them; default false.</summary>
    public bool Strict { get; set; }

    /// <summary>Root of the data in the store; default empty, which is <c>/</c>.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Namespace of mappings and rules; default <c>default</c>.</summary>
    public string Group { get; set; } = "default";

    /// <summary>Where the metadata API listens; default <c>:80</c>.</summary>
    public string Listen { get; set; } = ":80";

    /// <summary>Where the manage API listens; default <c>127.0.0.1:9611</c>.</summary>
    public string ListenManage { get; set; } = "127.0.0.1:9611";

    /// <summary>Nothing but <c>/self</c> is answered; default false.</summary>
    public bool OnlySelf { get; set; }

    /// <summary>Callers without rules and mapping read everything; default false.</summary>
    public bool UnknownMayRead { get; set; }

    /// <summary>Signs in to the store with <see cref="Username"/> and <see cref="Password"/>; default false.</summary>
    public bool BasicAuth { get; set; }

    /// <summary>The name to sign in with.</summary>
    public string Username { get; set; } = "";

    /// <summary>The password to sign in with. Never printed.</summary>
    public string Password { get; set; } = "";

    /// <summary>A PEM file of the authorities that sign the store's certificate; null trusts the machine's.</summary>
    public string? ClientCaKeys { get; set; }

    /// <summary>A PEM file with this program's certificate for the store. Needs <see cref="ClientKey"/>.</summary>
    public string? ClientCert { get; set; }

    /// <summary>The PEM file of the certificate's key.</summary>
    public string? ClientKey { get; set; }

    /// <summary>
    /// How long a change of a directory is held back for more changes, 0 to 250 ms; default 0, which answers at once.
    /// </summary>
    public TimeSpan WaitQuiet { get; set; } = TimeSpan.Zero;

    /// <summary>The most requests that wait at one time, from 1; default 100,000. One more is refused with 429.</summary>
    public int WaitersMax { get; set; } = 100_000;

    /// <summary>The most requests of one caller that wait at one time, from 1; default 10,000.</summary>
    public int WaitersPerClientMax { get; set; } = 10_000;

    /// <summary>The age of the last word from the store after which reads are refused; default 0, which is never.</summary>
    public TimeSpan StaleMax { get; set; } = TimeSpan.Zero;

    /// <summary>A file that keeps the last snapshot of a store over restarts; null keeps none.</summary>
    public string? SnapshotFile { get; set; }

    /// <summary>States that answers keep the shapes that clients of 2018 know, where those are odd; default true.</summary>
    public bool IsCompatible { get; set; } = true;

    /// <summary>The largest request body in bytes; default 33,554,432.</summary>
    public long BodyBytesMax { get; set; } = 32 * 1024 * 1024;

    /// <summary>Who callers are and what is refused.</summary>
    public SafetyOptions Safety { get; } = new();

    /// <summary>What was given for each setting, by its name. Holds the password: never printed.</summary>
    public Dictionary<string, IReadOnlyList<string>> Texts { get; } = new(StringComparer.Ordinal);

    /// <summary>Settings that were accepted and mean nothing any more, or should give an operator pause.</summary>
    public List<string> Warnings { get; } = [];
}
