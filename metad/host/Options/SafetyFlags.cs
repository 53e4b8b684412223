using System.Globalization;
using Sync.Metad.Model.Paths;
using static Sync.Metad.Options.FlagText;

namespace Sync.Metad.Options;

/// <summary>The settings of <see cref="SafetyOptions"/>.</summary>
internal static class SafetyFlags
{
    private const int HopsMax = 64;

    private static readonly TimeSpan IdentityWaitMax = TimeSpan.FromMinutes(1);

    /// <summary>The settings in the order of the help.</summary>
    public static IReadOnlyList<MetadFlag> All { get; } = [.. Identity(), .. Safety(), .. Limits(), .. Manage()];

    private static IEnumerable<MetadFlag> Identity() =>
    [
        Of("proxy_secret_file", "", "File of secrets, one a line, by which proxies sign whom they speak for.",
            (safety, text) => safety.ProxySecretFile = NullIfEmpty(text)),
        Of("proxy_signature_age", "30", "Seconds that such a signature is good for.",
            (safety, text) => safety.ProxySignatureAge = TimeSpan.FromSeconds(Count(text))),
        Of("docker_socket", "", "Socket of the Docker daemon that tells whose container an address is.",
            (safety, text) => safety.DockerSocket = NullIfEmpty(text)),
        Of("cri_socket", "", "Socket of the CRI runtime that tells whose pod an address is.",
            (safety, text) => safety.CriSocket = NullIfEmpty(text)),
        Of("container_labels", "", "Data path within which a label of a container (com.sync.metad/path) may map it; none without.",
            (safety, text) => safety.ContainerLabels = text.Length == 0 ? null : DataPath(text)),
        Of("identity_wait", "0", "Milliseconds that a caller nobody knows yet is waited for, 0 to 60000.",
            (safety, text) => safety.IdentityWait = Milliseconds(text, IdentityWaitMax)),
    ];

    private static IEnumerable<MetadFlag> Safety() =>
    [
        Switch("hardened", "Sets the safe profile, and refuses to start where something open is left.",
            (options, on) => options.Safety.IsHardened = on),
        Of("session_tokens", "off", "Whether callers show a token from PUT /latest/api/token: off, optional or required.",
            (safety, text) => safety.SessionTokens = Mode(text)),
        Of("session_token_key_file", "", "File of keys for these tokens, one a line; replicas share it.",
            (safety, text) => safety.SessionTokenKeyFile = NullIfEmpty(text)),
        Of("token_hop_limit", "1", "How many hops the packets with a token may go, 1 to 64.",
            (safety, text) => safety.TokenHopLimit = Count(text) is var hops and <= HopsMax
                ? hops : throw new FormatException($"\"{text}\" is no number of hops from 1 to {HopsMax}.")),
        Of("attested_key_file", "", "PEM file of the key that signs /latest/attested/document for callers; none without.",
            (safety, text) => safety.AttestedKeyFile = NullIfEmpty(text)),
        Of("attested_issuer", "metad", "Whom these documents say that they are from.",
            (safety, text) => safety.AttestedIssuer = text.Length > 0
                ? text : throw new FormatException("attested_issuer is empty: name who signs, such as https://metad.internal.")),
        Of("guard_header", "", "A header that every read must have, such as Metadata-Flavor: Google.",
            (safety, text) => safety.GuardHeader = Header(text)),
        Of("allowed_hosts", "", "Names that callers may ask for in Host; any other name is then refused.",
            (safety, text) => safety.AllowedHosts.AddRange(Entries(text))) with
        {
            IsList = true,
            Clear = options => options.Safety.AllowedHosts.Clear(),
        },
        Switch("check_every_host", "Refuses other names in Host from every caller, not from browsers alone.",
            (options, on) => options.Safety.IsEveryHostChecked = on),
        Switch("strict_paths", "Refuses paths in need of cleaning instead of redirecting, and escaped slashes.",
            (options, on) => options.Safety.IsPathStrict = on),
        Of("audit_log", "off", "Where denials and changes are written as JSON lines: off, stderr or a file.",
            (safety, text) => safety.AuditLog = text.Length == 0 ? "off" : text),
        Of("audit_bytes_max", "16777216", "The size at which that file is put aside; four are kept.",
            (safety, text) => safety.AuditBytesMax = Count(text)),
    ];

    private static IEnumerable<MetadFlag> Limits() =>
    [
        Of("wait_max", "0", "The most seconds that a request waits; 0 is without end.",
            (safety, text) => safety.WaitMax = Seconds(text)),
        Of("connections_max", "100000", "The most connections of each API; never more than the process may open.",
            (safety, text) => safety.ConnectionsMax = Count(text)),
        Of("connections_per_client_max", "0", "The most connections of one address; 0 is without limit.",
            (safety, text) => safety.ConnectionsPerClientMax = CountOrNone(text)),
        Of("header_bytes_max", "32768", "The most bytes of a request's headers.",
            (safety, text) => safety.HeaderBytesMax = Count(text)),
        Of("headers_max", "100", "The most headers of a request.", (safety, text) => safety.HeadersMax = Count(text)),
    ];

    private static IEnumerable<MetadFlag> Manage() =>
    [
        Of("tls_cert", "", "PEM file of the metadata API's certificate; without it there is no TLS.",
            (safety, text) => safety.TlsCert = NullIfEmpty(text)),
        Of("tls_key", "", "PEM file of that certificate's key.", (safety, text) => safety.TlsKey = NullIfEmpty(text)),
        Of("manage_tls_cert", "", "PEM file of the manage API's certificate; without it there is no TLS.",
            (safety, text) => safety.ManageTlsCert = NullIfEmpty(text)),
        Of("manage_tls_key", "", "PEM file of that certificate's key.",
            (safety, text) => safety.ManageTlsKey = NullIfEmpty(text)),
        Of("manage_client_ca", "", "PEM file of the authorities whose certificates may manage.",
            (safety, text) => safety.ManageClientCa = NullIfEmpty(text)),
        Of("manage_client_names", "", "Names that such a certificate must have one of; none takes every certificate.",
            (safety, text) => safety.ManageClientNames.AddRange(Entries(text))) with
        {
            IsList = true,
            Clear = options => options.Safety.ManageClientNames.Clear(),
        },
        Of("manage_token_file", "", "File of tokens that may manage, one a line, sent as Authorization: Bearer.",
            (safety, text) => safety.ManageTokenFile = NullIfEmpty(text)),
        Of("manage_uids", "", "Users that may manage at a unix: address, beside root and the program's own.",
            (safety, text) => safety.ManageUsers.AddRange(Entries(text).Select(User))) with
        {
            IsList = true,
            Clear = options => options.Safety.ManageUsers.Clear(),
        },
    ];

    private static MetadFlag Of(string name, string standard, string description, Action<SafetyOptions, string> set) =>
        new(name, standard, description, (options, text) => set(options.Safety, text));

    private static SessionTokenMode Mode(string text) => text switch
    {
        "off" or "" => SessionTokenMode.Off,
        "optional" => SessionTokenMode.Optional,
        "required" => SessionTokenMode.Required,
        _ => throw new FormatException($"\"{text}\" is no mode: use off, optional or required."),
    };

    private static KeyValuePair<string, string>? Header(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var parts = text.Split(':', 2, StringSplitOptions.TrimEntries);
        return parts is [{ Length: > 0 } name, { Length: > 0 } value]
            && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            && value.All(character => character is >= ' ' and < '\u007f')
            ? new(name, value)
            : throw new FormatException($"\"{text}\" is no header: use Name: value.");
    }

    private static MetadataPath DataPath(string text) =>
        MetadataPath.TrySplitData(text, out var path)
            ? path
            : throw new FormatException($"\"{text}\" is no data path: use one such as /nodes, or / for all data.");

    private static uint User(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var user)
            ? user
            : throw new FormatException($"\"{text}\" is no user's number.");
}
