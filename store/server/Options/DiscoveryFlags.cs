using System.CommandLine;
using Sync.Etcd.Client.Connections;

namespace Sync.Store.Options;

/// <summary>The flags by which a member without data finds the others.</summary>
/// <remarks>Source: etcd, server/embed/config.go, and client/v3/config.go for how the other store is talked to.</remarks>
internal sealed class DiscoveryFlags
{
    // As Go's gRPC does it, since servers close connections that are probed more often.
    private static readonly TimeSpan KeepAliveIntervalMin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeepAliveTimeoutMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TimeMin = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan TimeMax = TimeSpan.FromHours(1);

    private readonly Option<string> _domain = StoreFlags.Flag(
        "discovery-srv",
        "",
        "Domain whose SRV records _etcd-server-ssl._tcp and _etcd-server._tcp name the members at bootstrap.");

    private readonly Option<string> _suffix = StoreFlags.Flag(
        "discovery-srv-name", "", "Asks for _etcd-server-ssl-NAME and _etcd-server-NAME instead.");

    private readonly Option<string> _token = StoreFlags.Flag(
        "discovery-token", "", "What the members of a new cluster register under in the store of --discovery-endpoints.");

    private readonly Option<string> _endpoints = StoreFlags.Flag(
        "discovery-endpoints",
        "",
        "Addresses of a store in which the members of a new cluster find each other, comma-separated.");

    private readonly Option<string> _dialTimeout =
        StoreFlags.Flag("discovery-dial-timeout", "2s", "Longest wait for a connection to that store.");

    private readonly Option<string> _requestTimeout =
        StoreFlags.Flag("discovery-request-timeout", "5s", "Longest time of one request to it.");

    private readonly Option<string> _keepAliveInterval =
        StoreFlags.Flag("discovery-keepalive-time", "2s", "How often the connection is probed; 10s is the least.");

    private readonly Option<string> _keepAliveTimeout =
        StoreFlags.Flag("discovery-keepalive-timeout", "6s", "How long a probe may stay unanswered.");

    private readonly Option<bool> _insecureTransport = StoreFlags.Flag(
        "discovery-insecure-transport", true, "Clear text to addresses without a scheme, unless certificates are given.");

    private readonly Option<bool> _acceptsAnyCertificate = StoreFlags.Flag(
        "discovery-insecure-skip-tls-verify", false, "Accept any certificate of that store; for trials only.");

    private readonly Option<string> _certificate =
        StoreFlags.Flag("discovery-cert", "", "Certificate that this member shows to it, PEM.");

    private readonly Option<string> _key =
        StoreFlags.Flag("discovery-key", "", "Private key of --discovery-cert, PEM.");

    private readonly Option<string> _authorities =
        StoreFlags.Flag("discovery-cacert", "", "Authorities of its certificate, PEM. Default: the system's.");

    private readonly Option<string> _user =
        StoreFlags.Flag("discovery-user", "", "Who signs in to it: name[:password].");

    private readonly Option<string> _password =
        StoreFlags.Flag("discovery-password", "", "The password, when --discovery-user has none.");

    // The first is refused, and without it the others say nothing; so they are not in the help.
    private readonly Option<string>[] _olderWay =
    [
        .. new[] { "discovery", "discovery-proxy", "discovery-fallback" }.Select(name => new Option<string>($"--{name}")
        {
            DefaultValueFactory = _ => "",
            Hidden = true,
        }),
    ];

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> Options =>
    [
        _domain, _suffix, _token, _endpoints, _dialTimeout, _requestTimeout, _keepAliveInterval, _keepAliveTimeout,
        _insecureTransport, _acceptsAnyCertificate, _certificate, _key, _authorities, _user, _password, .. _olderWay,
    ];

    /// <summary>Reads what they say.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="initialCluster">The value of <c>--initial-cluster</c>.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    /// <returns>Null when the flags name the members themselves.</returns>
    public DiscoverySettings? Read(ParseResult parsed, string initialCluster, List<string> faults)
    {
        var domain = parsed.GetRequiredValue(_domain);
        var token = parsed.GetRequiredValue(_token);
        var endpoints = CommaList.Split(parsed.GetRequiredValue(_endpoints));
        if (parsed.GetRequiredValue(_olderWay[0]).Length > 0)
        {
            faults.Add($"{_olderWay[0].Name} is v2 discovery, which is gone from etcd as well; use v3 discovery, {_token.Name} and "
                + $"{_endpoints.Name}.");
        }

        if (new[] { initialCluster.Length > 0, domain.Length > 0, endpoints.Length > 0 }.Count(isGiven => isGiven) > 1)
        {
            faults.Add("multiple discovery or bootstrap flags are set. Choose one of \"initial-cluster\", "
                + "\"discovery-endpoints\" or \"discovery-srv\".");
        }

        if (token.Length > 0 != endpoints.Length > 0)
        {
            faults.Add($"both {_token.Name} and {_endpoints.Name} must be set; one of them is missing.");
        }

        var dns = ReadDns(parsed, domain, faults);
        var store = ReadStore(parsed, endpoints, faults);
        return endpoints.Length > 0 ? new DiscoverySettings.Registry(token, store) : dns;
    }

    private DiscoverySettings.Dns? ReadDns(ParseResult parsed, string domain, List<string> faults)
    {
        if (domain.Length == 0)
        {
            return null;
        }

        var suffix = parsed.GetRequiredValue(_suffix) is { Length: > 0 } name ? $"-{name}" : "";
        if (Uri.CheckHostName($"service{suffix}.{domain}") != UriHostNameType.Dns)
        {
            faults.Add($"{_domain.Name}: {domain} with {_suffix.Name} \"{parsed.GetRequiredValue(_suffix)}\" makes no name "
                + "that DNS can have; write a domain such as example.com.");
        }

        return new DiscoverySettings.Dns(domain, suffix);
    }

    private EtcdClientOptions ReadStore(ParseResult parsed, string[] endpoints, List<string> faults)
    {
        var (certificate, key) = (parsed.GetRequiredValue(_certificate), parsed.GetRequiredValue(_key));
        var authorities = parsed.GetRequiredValue(_authorities);
        var acceptsAny = parsed.GetValue(_acceptsAnyCertificate);
        if (certificate.Length == 0 != (key.Length == 0))
        {
            faults.Add($"{_certificate.Name} and {_key.Name} must both be there or both be left out.");
        }

        var usesTls = acceptsAny || certificate.Length + key.Length + authorities.Length > 0;
        var interval = ReadTime(parsed, _keepAliveInterval, TimeMin, faults);
        return new EtcdClientOptions
        {
            Endpoints = endpoints,
            DefaultScheme = !usesTls && parsed.GetValue(_insecureTransport) ? EndpointScheme.Http : EndpointScheme.Https,
            Credentials = ReadCredentials(parsed, faults),
            Tls = new TlsFiles
            {
                AuthorityFile = authorities.Length > 0 ? authorities : null,
                CertificateFile = certificate.Length > 0 ? certificate : null,
                KeyFile = key.Length > 0 ? key : null,
                AcceptAnyServerCertificate = acceptsAny,
            },
            ConnectTimeout = ReadTime(parsed, _dialTimeout, TimeMin, faults),
            RequestTimeout = ReadTime(parsed, _requestTimeout, TimeMin, faults),
            KeepAliveInterval = interval < KeepAliveIntervalMin ? KeepAliveIntervalMin : interval,
            KeepAliveTimeout = ReadTime(parsed, _keepAliveTimeout, KeepAliveTimeoutMin, faults),
        };
    }

    private EtcdCredentials? ReadCredentials(ParseResult parsed, List<string> faults)
    {
        var (user, password) = (parsed.GetRequiredValue(_user), parsed.GetRequiredValue(_password));
        if (user.Length == 0 || password.Length > 0)
        {
            return user.Length == 0 ? null : new EtcdCredentials(user, password);
        }

        if (user.Split(':', 2) is [var name, var rest])
        {
            return new EtcdCredentials(name, rest);
        }

        faults.Add($"{_user.Name}: {user} has no password; write name:password, or add {_password.Name}.");
        return null;
    }

    private static TimeSpan ReadTime(ParseResult parsed, Option<string> option, TimeSpan least, List<string> faults)
    {
        var text = parsed.GetRequiredValue(option);
        if (GoDuration.Parse(text) is { } time && time >= least && time <= TimeMax)
        {
            return time;
        }

        faults.Add($"{option.Name}: {text} must be a duration from {least.TotalMilliseconds}ms to 1h, such as 5s.");
        return least;
    }
}
