using System.CommandLine;

namespace Sync.Store.Options;

/// <summary>The flags of TLS of one port.</summary>
internal sealed class PortTlsFlags
{
    private readonly string _prefix;
    private readonly string _listenFlag;
    private readonly Option<string> _certificate;
    private readonly Option<string> _key;
    private readonly Option<bool> _selfSigned;
    private readonly Option<string> _callerCertificate;
    private readonly Option<string> _callerKey;
    private readonly Option<bool> _clientCertificateAuth;
    private readonly Option<string> _trustedCa;
    private readonly Option<string> _revocations;
    private readonly Option<string>? _allowedCommonNames;
    private readonly Option<string> _allowedHostNames;
    private readonly Option<bool>? _skipsOrigin;

    /// <summary>Builds the definitions.</summary>
    /// <param name="isForMembers">Whether they are those of the peer port.</param>
    public PortTlsFlags(bool isForMembers)
    {
        _prefix = isForMembers ? "peer-" : "";
        _listenFlag = isForMembers ? "--listen-peer-urls" : "--listen-client-urls";
        var port = isForMembers ? "peer port and of calls to other members" : "client port";
        var (callers, caller) = isForMembers ? ("members", "the other members'") : ("clients", "client");
        _certificate = StoreFlags.Flag($"{_prefix}cert-file", "", $"Certificate of the {port}, PEM.");
        _key = StoreFlags.Flag($"{_prefix}key-file", "", $"Private key of --{_prefix}cert-file, PEM.");
        _selfSigned = StoreFlags.Flag(
            $"{_prefix}auto-tls",
            false,
            $"Make a certificate where --{_prefix}cert-file names none"
            + (isForMembers ? ", and trust that of every member: calls are encrypted, callers unknown." : "."));
        var use = isForMembers
            ? $"Certificate of calls to other members, PEM. Default: --{_prefix}cert-file."
            : "Certificate of calls to the own client port, PEM. Checked and not used: the store makes no such calls.";
        _callerCertificate = StoreFlags.Flag($"{_prefix}client-cert-file", "", use);
        _callerKey = StoreFlags.Flag(
            $"{_prefix}client-key-file", "", $"Private key of --{_prefix}client-cert-file, PEM.");
        _clientCertificateAuth = StoreFlags.Flag(
            $"{_prefix}client-cert-auth", false, $"Refuse {callers} without a certificate from --{_prefix}trusted-ca-file.");
        _trustedCa = StoreFlags.Flag($"{_prefix}trusted-ca-file", "", $"Authorities of {caller} certificates, PEM.");
        _revocations = StoreFlags.Flag(
            isForMembers ? "peer-crl-file" : "client-crl-file",
            "",
            $"Lists of revoked certificates of {callers}, PEM or DER.");
        _allowedCommonNames = isForMembers
            ? StoreFlags.Flag(
                "peer-cert-allowed-cn",
                "",
                "Common names, comma-separated, of which certificates of members must have one.")
            : null;
        _allowedHostNames = StoreFlags.Flag(
            isForMembers ? "peer-cert-allowed-hostname" : "client-cert-allowed-hostname",
            "",
            $"Hosts, comma-separated, of which certificates of {callers} must be for one.");
        _skipsOrigin = isForMembers
            ? StoreFlags.Flag(
                "peer-skip-client-san-verification",
                false,
                "Take members from everywhere, whatever addresses and names their certificates are for.")
            : null;
        Options =
        [
            _certificate, _key, _selfSigned, _callerCertificate, _callerKey, _clientCertificateAuth, _trustedCa,
            _revocations, _allowedHostNames,
            .. new Option?[] { _allowedCommonNames, _skipsOrigin }.OfType<Option>(),
        ];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> Options { get; }

    /// <summary>Reads what they say.</summary>
    /// <param name="parsed">A command line without usage errors.</param>
    /// <param name="common">What the flags of both ports say.</param>
    /// <param name="listen">The URLs of the port.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    /// <returns>Null when no URL of the port needs them.</returns>
    public TlsSettings? Read(
        ParseResult parsed, CommonTlsFlags.Values common, IReadOnlyList<ListenUrl> listen, List<string> faults)
    {
        var settings = new TlsSettings
        {
            FlagPrefix = _prefix,
            CertificateFile = parsed.GetRequiredValue(_certificate),
            KeyFile = parsed.GetRequiredValue(_key),
            SelfSigned = ReadSelfSigned(parsed, common, listen),
            CallerCertificateFile = parsed.GetRequiredValue(_callerCertificate),
            CallerKeyFile = parsed.GetRequiredValue(_callerKey),
            TrustedCaFile = parsed.GetRequiredValue(_trustedCa),
            RequiresClientCertificate = parsed.GetValue(_clientCertificateAuth),
            RevocationFile = parsed.GetRequiredValue(_revocations),
            AllowedCommonNames = _allowedCommonNames is { } names ? CommaList.Split(parsed.GetRequiredValue(names)) : [],
            AllowedHostNames = CommaList.Split(parsed.GetRequiredValue(_allowedHostNames)),
            ChecksOrigin = _skipsOrigin is { } skips && !parsed.GetValue(skips),
            Protocols = common.Protocols,
            CipherSuites = common.CipherSuites,
        };
        if (settings.RequiresClientCertificate && settings.TrustedCaFile.Length == 0)
        {
            faults.Add($"{_clientCertificateAuth.Name} needs {_trustedCa.Name} to check client certificates against.");
        }

        if (settings.CallerCertificateFile.Length == 0 != (settings.CallerKeyFile.Length == 0))
        {
            faults.Add($"{_callerCertificate.Name} and {_callerKey.Name} must both be there or both be left out.");
        }

        CheckNarrowing(settings, faults);
        if (listen.FirstOrDefault(url => url.IsTls) is not { } secure)
        {
            if (settings.CertificateFile.Length > 0 || settings.RequiresClientCertificate
                || settings.SelfSigned is not null)
            {
                faults.Add($"{_certificate.Name} and {_clientCertificateAuth.Name} protect an https URL, and {_listenFlag} has "
                    + "none; write https there.");
            }

            return null;
        }

        if (settings.SelfSigned is null && (settings.CertificateFile.Length == 0 || settings.KeyFile.Length == 0))
        {
            faults.Add($"{_listenFlag}: {secure.Text} needs {_certificate.Name} and {_key.Name}, or {_selfSigned.Name}.");
        }

        if (settings.SelfSigned is not null && settings.TrustedCaFile.Length > 0)
        {
            faults.Add($"{_selfSigned.Name} makes certificates that are of no authority, and {_trustedCa.Name} asks for one; "
                + $"name certificates with {_certificate.Name}.");
        }

        return settings;
    }

    // Files that are named count, as in etcd.
    private SelfSigned? ReadSelfSigned(
        ParseResult parsed, CommonTlsFlags.Values common, IReadOnlyList<ListenUrl> listen) =>
        parsed.GetValue(_selfSigned) && (parsed.GetRequiredValue(_certificate) + parsed.GetRequiredValue(_key)).Length == 0
            ? new SelfSigned([.. listen.SelectMany(url => url.Hosts).Distinct()], common.SelfSignedYears)
            : null;

    private void CheckNarrowing(TlsSettings settings, List<string> faults)
    {
        if (settings.AllowedCommonNames.Count > 0 && settings.AllowedHostNames.Count > 0)
        {
            faults.Add($"{_allowedCommonNames?.Name} and {_allowedHostNames.Name} exclude each other; give one of them.");
        }

        var given = new (Option? Flag, bool IsGiven)[]
        {
            (_revocations, settings.RevocationFile.Length > 0),
            (_allowedCommonNames, settings.AllowedCommonNames.Count > 0),
            (_allowedHostNames, settings.AllowedHostNames.Count > 0),
        };
        if (settings.TrustedCaFile.Length == 0 && given.FirstOrDefault(flag => flag.IsGiven).Flag is { } narrowing)
        {
            faults.Add($"{narrowing.Name} needs {_trustedCa.Name}: without it no certificate of a caller is looked at.");
        }

        faults.AddRange(settings.AllowedHostNames
            .Where(host => Uri.CheckHostName(host) == UriHostNameType.Unknown)
            .Select(host => $"{_allowedHostNames.Name}: {host} is no name of a host."));
    }
}
