using static Sync.Confd.Options.FlagKind;

namespace Sync.Confd.Options;

/// <summary>Every flag of confd.</summary>
/// <remarks>Source: confd, <c>docs/command-line-flags.md</c>, and the documentation of its fork by abtreece.</remarks>
internal static class Flags
{
    private static readonly string[] Etcd = ["etcd"];
    private static readonly string[] File = ["file"];
    private static readonly string[] Elsewhere = [];

    public static readonly Flag Backend = new("backend", Text, "etcd", "backend to use: etcd (or etcdv3), env, file");
    public static readonly Flag Node = new("node", List, "", "address of a backend node; may be given several times")
    {
        FileKey = "nodes",
        Backends = Etcd,
    };

    public static readonly Flag ConfigFolder = new("confdir", Text, "/etc/confd", "folder that holds conf.d and templates");
    public static readonly Flag ConfigFile = new("config-file", Text, "/etc/confd/confd.toml", "the configuration file");
    public static readonly Flag Interval = new("interval", Seconds, "600", "polling period in seconds");
    public static readonly Flag Watch = new("watch", Truth, "false", "follow the backend's changes");
    public static readonly Flag OneTime = new("onetime", Truth, "false", "process every resource once and exit");
    public static readonly Flag Noop = new("noop", Truth, "false", "show what would change and change nothing");
    public static readonly Flag Differences = new("diff", Truth, "false", "with -noop, print the differences of the files");
    public static readonly Flag DifferenceContext = new("diff-context", Number, "3", "lines around each difference");
    public static readonly Flag DetailedExitCode =
        new("detailed-exitcode", Truth, "false", "with -noop, exit 3 when something would change");

    public static readonly Flag SyncOnly = new("sync-only", Truth, "false", "run no check_cmd and no reload_cmd");
    public static readonly Flag Prefix = new("prefix", Text, "", "key prefix");
    public static readonly Flag PrefixMode =
        new("prefix-mode", Text, "replace", "replace the resource's prefix with the global one, or join them");

    public static readonly Flag LogLevel = new("log-level", Text, "", "panic fatal error warn info debug trace");
    public static readonly Flag LogFormat = new("log-format", Text, "text", "text or json");
    public static readonly Flag KeepStageFile = new("keep-stage-file", Truth, "false", "keep the staged files");
    public static readonly Flag FailureMode = new("failure-mode", Text, "best-effort",
        "best-effort, or fail-fast to stop at the first resource that fails");

    public static readonly Flag CheckConfig = new("check-config", Truth, "false", "check the resource files and exit");
    public static readonly Flag Debounce = new("debounce", Text, "0", "wait MIN or MIN:MAX after a change for further ones");
    public static readonly Flag Resync = new("resync", Duration, "0", "with -watch, also read everything this often");
    public static readonly Flag WaitForBackend =
        new("wait-for-backend", Duration, "0", "with -onetime, how long to retry the first connection");

    public static readonly Flag BackendTimeout = new("backend-timeout", Duration, "30s", "limit of one reading of the keys");
    public static readonly Flag DialTimeout = new("dial-timeout", Duration, "5s", "limit of one connection attempt")
    {
        Backends = Etcd,
    };

    public static readonly Flag CheckTimeout = new("check-cmd-timeout", Duration, "30s", "limit of check_cmd; 0 is none");
    public static readonly Flag ReloadTimeout = new("reload-cmd-timeout", Duration, "60s", "limit of reload_cmd; 0 is none");
    public static readonly Flag ShutdownTimeout =
        new("shutdown-timeout", Duration, "30s", "how long work in hand may take when confd is stopped");

    public static readonly Flag ForceReload =
        new("force-reload", Truth, "false", "run every reload_cmd once at the start, even when in sync");

    public static readonly Flag MissingKey = new("missing-key", Text, "default",
        "what an absent entry of a map means to a Go template: default, zero, error");

    public static readonly Flag Functions =
        new("funcs", Text, "auto", "whose template functions: confd, yunify, abtreece, consul-template; auto is confd's, with backend metad yunify's");

    public static readonly Flag GoSyntax =
        new("go-syntax", Text, "1.19", "the Go version whose template syntax may be used: 1.19 or 1.24");

    public static readonly Flag ScribanOutside = new("scriban-outside", Truth, "false",
        "let Scriban templates call the functions that reach environment, files and network");

    public static readonly Flag SecretKeyring = new("secret-keyring", Text, "",
        "armored OpenPGP secret keys without a passphrase, for cget, cgets, cgetv and cgetvs");

    public static readonly Flag SecretKeyFile = new("secret-key-file", Text, "",
        "key of 32 bytes, or base64 of them, that opens values which begin enc:v1:");

    public static readonly Flag TemplateLoops =
        new("template-loops-max", Number, "1000000", "loop iterations of one rendering");

    public static readonly Flag TemplateDepth =
        new("template-depth-max", Number, "100", "templates or functions inside each other");

    public static readonly Flag TemplateOutput =
        new("template-output-max", Number, "67108864", "bytes of one rendered file");

    public static readonly Flag TemplateTimeout = new("template-timeout", Duration, "30s", "limit of one rendering");
    public static readonly Flag BasicAuth =
        new("basic-auth", Truth, "false", "use username and password; a username implies it") { Backends = Etcd };

    public static readonly Flag UserName = new("username", Text, "", "the user's name") { Backends = Etcd };
    public static readonly Flag Password = new("password", Text, "", "the user's password")
    {
        IsSecret = true,
        Backends = Etcd,
    };

    public static readonly Flag AuthorityFile = new("client-ca-keys", Text, "", "certificates of the authorities to trust, PEM")
    {
        FileKey = "client_cakeys",
        Variable = "CONFD_CLIENT_CAKEYS",
        Backends = Etcd,
    };

    public static readonly Flag CertificateFile =
        new("client-cert", Text, "", "the client's certificate, PEM") { Backends = Etcd };

    public static readonly Flag KeyFile = new("client-key", Text, "", "the client's private key, PEM") { Backends = Etcd };
    public static readonly Flag Insecure =
        new("client-insecure", Truth, "false", "accept any server certificate") { Backends = Etcd };

    public static readonly Flag Scheme = new("scheme", Text, "http", "scheme of nodes that name none") { Backends = Etcd };
    public static readonly Flag SrvDomain = new("srv-domain", Text, "", "domain of an SRV record") { Backends = Etcd };
    public static readonly Flag SrvRecord = new("srv-record", Text, "", "SRV record to look up for nodes") { Backends = Etcd };
    public static readonly Flag Files = new("file", List, "", "YAML or JSON file, or folder of them, to read keys from")
    {
        Backends = File,
    };

    public static readonly Flag Filter =
        new("filter", Text, "*", "pattern of the names that are read in a folder") { Backends = File };

    /// <summary>All flags, in the order of the help.</summary>
    public static readonly IReadOnlyList<Flag> All =
    [
        Backend, Node, ConfigFolder, ConfigFile, OneTime, Watch, Interval, Noop, Differences, DifferenceContext,
        DetailedExitCode, SyncOnly, Prefix, PrefixMode, LogLevel, LogFormat, KeepStageFile, FailureMode, CheckConfig,
        Debounce, Resync, WaitForBackend, BackendTimeout, DialTimeout, CheckTimeout, ReloadTimeout, ShutdownTimeout,
        ForceReload, MissingKey, Functions, GoSyntax, ScribanOutside, SecretKeyring, SecretKeyFile, TemplateLoops, TemplateDepth,
        TemplateOutput, TemplateTimeout, BasicAuth, UserName, Password, AuthorityFile, CertificateFile, KeyFile, Insecure, Scheme, SrvDomain,
        SrvRecord, Files, Filter,
        .. OtherBackends("app-id", "auth-token", "auth-type", "path", "role-id", "secret-id", "separator", "table",
            "user-id"),
    ];

    /// <summary>The flag of a name.</summary>
    /// <param name="name">The name without dashes; <c>n</c> is short for <c>node</c>.</param>
    /// <returns>Null when there is none.</returns>
    public static Flag? Find(string name) =>
        name == "n" ? Node
        : All.FirstOrDefault(flag => flag.Name == name) ?? AuthoringFlags.All.FirstOrDefault(flag => flag.Name == name);

    // Accepted so that a command line written for another backend is told what it is: not read here.
    private static IEnumerable<Flag> OtherBackends(params string[] names) =>
        names.Select(name => new Flag(name, Text, "", "read by backends that this version does not have")
        {
            Backends = Elsewhere,
            IsSecret = name is "auth-token" or "secret-id",
        });
}
