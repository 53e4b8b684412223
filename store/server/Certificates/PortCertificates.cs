using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging.Abstractions;
using Sync.Store.Hosting;
using Sync.Store.Options;

namespace Sync.Store.Certificates;

/// <summary>The certificates of a port: the server's and of whom may call, as the files have them now.</summary>
internal sealed partial class PortCertificates
{
    private readonly TlsSettings _settings;
    private readonly RereadFiles<CertificateSet> _files;
    private readonly AllowedNames _names;
    private readonly CallerOrigin _origin = CallerOrigin.OfSystem(TimeProvider.System);
    private readonly RefusedCallers _refused = new(TimeProvider.System);
    private ILogger _logger = NullLogger.Instance;

    private PortCertificates(TlsSettings settings)
    {
        _settings = settings;
        _names = new(settings);
        _files = new(CertificateSet.FilesOf(settings), contents => CertificateSet.Read(settings, contents));
    }

    /// <summary>Reads all files once, so that a wrong one is told at the start.</summary>
    /// <param name="settings">Where the files are.</param>
    /// <exception cref="StartException">A file is missing, is no PEM, or key and certificate do not belong together.</exception>
    public static PortCertificates Load(TlsSettings settings)
    {
        try
        {
            return new PortCertificates(settings);
        }
        catch (Exception failure) when (RereadFiles<CertificateSet>.IsUnusable(failure))
        {
            throw new StartException(
                $"The certificate {settings.CertificateFile} with the key {settings.KeyFile}"
                + (settings.TrustedCaFile.Length > 0 ? $" and the authorities {settings.TrustedCaFile}" : "")
                + $" cannot be used: {failure.Message} "
                + (settings.SelfSigned is not null ? "Remove both to have new ones made."
                    : $"Check that --{settings.FlagPrefix}cert-file, --{settings.FlagPrefix}key-file and "
                        + $"--{settings.FlagPrefix}trusted-ca-file name PEM files that belong together."),
                failure);
        }
    }

    /// <summary>Names the log, which is there only when the port is about to be opened.</summary>
    public void TellTo(ILogger logger) => _logger = logger;

    /// <summary>Sets a listener up.</summary>
    public void Apply(ListenOptions listener)
    {
        listener.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = TimeSpan.FromSeconds(10),
            OnConnection = handshake => ValueTask.FromResult(NewHandshake(handshake.Connection.RemoteEndPoint)),
        });
        if (_settings.ChecksOrigin)
        {
            listener.Use(CheckOrigin);
        }
    }

    /// <summary>
    /// What the files hold now; while they are being replaced and do not fit each other, what they held before.
    /// </summary>
    public CertificateSet Current()
    {
        var (set, problem) = _files.Read();
        if (problem is not null)
        {
            Log.CannotUse(_logger, problem);
        }

        return set;
    }

    /// <summary>Looks at the port's own certificate, before anything listens.</summary>
    /// <returns>
    /// Sentences about what a renewed file or a set clock mends while the store runs; nobody but those who check it is
    /// kept out meanwhile.
    /// </returns>
    /// <exception cref="StartException">The other members would refuse it, and no time would change that.</exception>
    public IReadOnlyList<string> CheckOwn()
    {
        var set = Current();
        var isKnown = _settings.IsForMembers && set.Trusted.Count > 0;
        var warnings = new List<string>();
        foreach (var isCall in isKnown ? [false, true] : new[] { false })
        {
            var (own, file) = isCall && _settings.CallerCertificateFile.Length > 0
                ? (set.AsCaller, _settings.CallerCertificateFile)
                : (set.Own, _settings.CertificateFile);
            using var chain = new X509Chain
            {
                ChainPolicy = set.PolicyFor(isCall ? Purposes.Client : Purposes.Server),
            };
            chain.ChainPolicy.ExtraStore.AddRange(own.IntermediateCertificates.ToArray());
            chain.Build(own.TargetCertificate);

            // Clients have authorities of their own; what is wrong for all of them is the time and the purpose.
            var ignored = isKnown
                ? X509ChainStatusFlags.NoError
                : ~(X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotValidForUsage);
            var revoked = isKnown ? set.FindRevoked(chain) : null;
            if ((CertificateFault.Find(chain, Authorities, ignored) ?? revoked) is not { } fault)
            {
                continue;
            }

            var sentence = $"The certificate {file} ({CertificateFault.Describe(own.TargetCertificate)}) {fault}";
            var lasting = CertificateFault.Find(chain, Authorities, X509ChainStatusFlags.NotTimeValid) ?? revoked;
            if (isKnown && lasting is not null)
            {
                throw new StartException($"{sentence}; the other members would refuse it.");
            }

            warnings.Add($"{sentence}; {(_settings.IsForMembers ? "other members" : "clients")} that check it refuse it. A "
                + "renewed file counts at once.");
        }

        return [.. warnings.Distinct()];
    }

    /// <summary>How this member calls the same port of another one, with what the files hold now.</summary>
    public SslClientAuthenticationOptions NewCall()
    {
        var set = Current();
        return new SslClientAuthenticationOptions
        {
            ClientCertificateContext = set.AsCaller,
            EnabledSslProtocols = _settings.Protocols,
            CipherSuitesPolicy = NewSuites(),
            CertificateChainPolicy = set.PolicyFor(Purposes.Server),
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (certificate is X509Certificate2 shown && chain is not null
                    && FindFault(set, chain, errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) is { } fault)
                {
                    throw new AuthenticationException($"Its certificate, {CertificateFault.Describe(shown)}, {fault}.");
                }

                return certificate is X509Certificate2 && chain is not null;
            },
        };
    }

    /// <summary>Whom the certificate is of that this member shows to others, for a sentence.</summary>
    public string DescribeCaller() => CertificateFault.Describe(Current().AsCaller.TargetCertificate);

    private string Authorities => _settings.TrustedCaFile.Length > 0
        ? $"the authorities in --{_settings.FlagPrefix}trusted-ca-file {_settings.TrustedCaFile}"
        : "the authorities of this system";

    private CipherSuitesPolicy? NewSuites() =>
        _settings.CipherSuites.Count > 0 && OperatingSystem.IsLinux()
            ? new CipherSuitesPolicy(_settings.CipherSuites)
            : null;

    private SslServerAuthenticationOptions NewHandshake(EndPoint? caller)
    {
        var set = Current();
        var handshake = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = set.Own,
            EnabledSslProtocols = _settings.Protocols,
            CipherSuitesPolicy = NewSuites(),
            AllowRenegotiation = false,
        };
        if (_settings.RequiresClientCertificate || set.Trusted.Count > 0)
        {
            // A resumed session would not be looked at again.
            handshake.AllowTlsResume = false;
            handshake.ClientCertificateRequired = true;
            handshake.CertificateChainPolicy = set.PolicyFor(Purposes.Client);
            handshake.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                IsWelcome(set, caller, certificate as X509Certificate2, chain);
        }

        return handshake;
    }

    // A caller learns nothing of the reason: TLS 1.3 has let it in by then, and it sees a closed connection.
    private bool IsWelcome(CertificateSet set, EndPoint? caller, X509Certificate2? certificate, X509Chain? chain)
    {
        var reason = certificate is null || chain is null ? "It shows no certificate."
            : FindFault(set, chain, isOtherName: false) is { } fault
                ? $"Its certificate, {CertificateFault.Describe(certificate)}, {fault}."
            : null;
        if (reason is not null)
        {
            TellRefusal(caller, reason);
        }

        return reason is null;
    }

    // The handshake could not wait for lookups without holding a thread of the pool. A caller sees the same.
    private ConnectionDelegate CheckOrigin(ConnectionDelegate next) => async connection =>
    {
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } certificate
            || connection.RemoteEndPoint is not IPEndPoint caller
            || await IsFromItsHostAsync(certificate, caller, connection.ConnectionClosed))
        {
            await next(connection);
        }
    };

    private async Task<bool> IsFromItsHostAsync(X509Certificate2 certificate, IPEndPoint caller, CancellationToken ended)
    {
        string? fault;
        try
        {
            fault = await _origin.FindFaultAsync(CertifiedHosts.Of(certificate), caller.Address, ended);
        }
        catch (CryptographicException failure)
        {
            fault = $"has alternative names that cannot be read: {failure.Message.TrimEnd('.')}";
        }

        if (fault is not null)
        {
            TellRefusal(caller, $"Its certificate, {CertificateFault.Describe(certificate)}, {fault}.");
        }

        return fault is null;
    }

    private void TellRefusal(EndPoint? caller, string reason)
    {
        if (_refused.IsToBeTold(caller, reason))
        {
            Log.Rejected(_logger, _settings.IsForMembers ? "peer" : "client", caller, reason);
        }
    }

    private string? FindFault(CertificateSet set, X509Chain chain, bool isOtherName) =>
        _settings.SelfSigned is not null ? null
        : CertificateFault.Find(chain, Authorities)
        ?? set.FindRevoked(chain)
        ?? _names.FindFault(chain.ChainElements[0].Certificate)
        ?? (isOtherName ? "is for another name than that in its peer URL" : null);
}
