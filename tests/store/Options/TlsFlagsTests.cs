using System.Net.Security;
using System.Security.Authentication;
using Sync.Store.Options;

namespace Sync.Store.Tests.Options;

public class TlsFlagsTests
{
    private const string Port =
        "--listen-client-urls=https://127.0.0.1:1 --advertise-client-urls=https://127.0.0.1:1 --cert-file=c --key-file=k";

    [Fact]
    public void Without_flags_both_versions_are_spoken_with_the_systems_suites()
    {
        var tls = Read(Port).Settings.Tls;

        tls.Should().BeEquivalentTo(new
        {
            Protocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuites = Array.Empty<TlsCipherSuite>(),
            CertificateFile = "c",
            KeyFile = "k",
        });
    }

    [Fact]
    public void Suites_of_Tls_1_2_leave_those_of_1_3_as_they_are_in_Go() =>
        Read($"{Port} --cipher-suites=TLS_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305")
            .Settings.Tls?.CipherSuites.Should().Equal(
                TlsCipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
                TlsCipherSuite.TLS_AES_128_GCM_SHA256,
                TlsCipherSuite.TLS_AES_256_GCM_SHA384,
                TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256);

    [Theory]
    [InlineData("", true)]
    [InlineData(" --peer-skip-client-san-verification", false)]
    [InlineData(" --peer-skip-client-san-verification=false", true)]
    public void Members_and_not_clients_must_call_from_their_hosts_unless_told_otherwise(string flag, bool isChecked)
    {
        const string PeerPort = "--listen-peer-urls=https://127.0.0.1:2 --peer-cert-file=c --peer-key-file=k";

        var settings = Read($"{Port} {PeerPort}{flag}").Settings;

        (settings.Tls?.ChecksOrigin, settings.PeerTls?.ChecksOrigin).Should().Be((false, isChecked));
    }

    [Theory]
    [InlineData("--tls-min-version=TLS1.1", "--tls-min-version: TLS1.1 is not TLS1.2 or TLS1.3.")]
    [InlineData("--tls-max-version=1.3", "--tls-max-version: 1.3 is not TLS1.2 or TLS1.3.")]
    [InlineData("--tls-min-version=TLS1.3 --tls-max-version=TLS1.2", "--tls-min-version: TLS1.3 is newer than --tls-max-version*")]
    [InlineData("--cipher-suites=TLS_RSA_WITH_RC4_128_SHA", "--cipher-suites: TLS_RSA_WITH_RC4_128_SHA is none that is offered here*")]
    [InlineData("--cipher-suites=4865", "--cipher-suites: 4865 is none that is offered here*")]
    [InlineData("--tls-min-version=TLS1.3 --cipher-suites=TLS_RSA_WITH_AES_128_GCM_SHA256", "--cipher-suites counts for TLS 1.2 alone*")]
    [InlineData("--client-cert-allowed-hostname=a", "--client-cert-allowed-hostname needs --trusted-ca-file*")]
    [InlineData("--peer-client-cert-file=a", "--peer-client-cert-file and --peer-client-key-file must both be there*")]
    [InlineData("--client-key-file=a", "--client-cert-file and --client-key-file must both be there*")]
    [InlineData("--auto-tls", "--cert-file and --client-cert-auth protect an https URL*")]
    [InlineData("--listen-peer-urls=https://127.0.0.1:2380 --peer-auto-tls --peer-trusted-ca-file=a", "--peer-auto-tls makes certificates that are of no authority*")]
    [InlineData("--self-signed-cert-validity=0", "--self-signed-cert-validity: 0 must be from 1 to 100.")]
    [InlineData("--peer-crl-file=a", "--peer-crl-file needs --peer-trusted-ca-file*")]
    [InlineData("--peer-cert-allowed-cn=a", "--peer-cert-allowed-cn needs --peer-trusted-ca-file*")]
    [InlineData("--peer-cert-allowed-cn=a --peer-cert-allowed-hostname=b --peer-trusted-ca-file=ca", "--peer-cert-allowed-cn and --peer-cert-allowed-hostname exclude each other*")]
    [InlineData("--client-cert-allowed-hostname=a:b --trusted-ca-file=ca", "--client-cert-allowed-hostname: a:b is no name of a host.")]
    public void A_wrong_value_is_named_with_its_flag(string line, string fault) =>
        Read(line).Faults.Should().ContainSingle().Which.Should().Match(fault);

    private static (StoreSettings Settings, List<string> Faults) Read(string line)
    {
        var flags = new StoreFlags();
        var joined = CommandLineArguments.Join(line.Split(' '), [], flags.Command.Options);
        var faults = new List<string>();
        return (flags.Read(flags.Parse(joined.Arguments), faults), faults);
    }
}
