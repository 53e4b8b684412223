using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sync.Store.Certificates;

namespace Sync.Store.Tests.Certificates;

public class CertifiedHostsTests
{
    [Fact]
    public void Addresses_and_names_of_a_certificate_are_its_hosts()
    {
        var hosts = HostsOf(names =>
        {
            names.AddDnsName("one.test");
            names.AddDnsName("*.two.test");
            names.AddIpAddress(IPAddress.Parse("10.0.0.1"));
            names.AddIpAddress(IPAddress.Parse("fd00::1"));
        });

        hosts.Addresses.Should().Equal(IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1"));
        hosts.Names.Should().Equal("one.test", "*.two.test");
        hosts.NamesToLookUp.Should().Equal("one.test");
        hosts.ToString().Should().Be("10.0.0.1, fd00::1, one.test, *.two.test");
    }

    [Fact]
    public void A_certificate_without_alternative_names_is_for_no_host()
    {
        using var certificate = Certificate([]);

        CertifiedHosts.Of(certificate).IsEmpty.Should().BeTrue();
    }

    [Fact]
    public void Names_of_mailboxes_and_resources_are_of_no_host() => HostsOf(names =>
    {
        names.AddEmailAddress("member@one.test");
        names.AddUri(new Uri("spiffe://one.test/member"));
    }).IsEmpty.Should().BeTrue();

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", true)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    [InlineData("127.0.0.1", "::1", false)]
    [InlineData("fd00::1", "fd00:0:0::1", true)]
    [InlineData("fd00::1", "fd00::2", false)]
    [InlineData("fe80::1", "fe80::1%3", true)]
    public void An_address_counts_in_each_of_its_forms(string certified, string caller, bool isCovered) =>
        HostsOf(names => names.AddIpAddress(IPAddress.Parse(certified)))
            .HasAddress(IPAddress.Parse(caller)).Should().Be(isCovered);

    [Theory]
    [InlineData("one.test", "one.test", true)]
    [InlineData("one.test", "One.Test", true)]
    [InlineData("one.test", "www.one.test", false)]
    [InlineData("*.one.test", "www.one.test", true)]
    [InlineData("*.one.test", "a.www.one.test", true)]
    [InlineData("*.one.test", "one.test", false)]
    [InlineData("*.one.test", "evilone.test", false)]
    [InlineData("w*.one.test", "www.one.test", false)]
    public void A_wildcard_stands_for_all_that_is_below(string certified, string found, bool isCovered) =>
        new CertifiedHosts([], [certified]).HasName(found).Should().Be(isCovered);

    [Fact]
    public void Names_that_have_no_addresses_are_not_looked_up() =>
        new CertifiedHosts([], ["*.one.test", "", "two.test", "two.test"]).NamesToLookUp.Should().Equal("two.test");

    [Fact]
    public void Malformed_names_are_told_as_such()
    {
        // An address of one byte.
        byte[] names = [0x30, 0x03, 0x87, 0x01, 0x7F];
        using var certificate = Certificate([new X509Extension("2.5.29.17", names, critical: false)]);

        var read = () => CertifiedHosts.Of(certificate);

        read.Should().Throw<CryptographicException>();
    }

    private static CertifiedHosts HostsOf(Action<SubjectAlternativeNameBuilder> name)
    {
        var names = new SubjectAlternativeNameBuilder();
        name(names);
        using var certificate = Certificate([names.Build()]);
        return CertifiedHosts.Of(certificate);
    }

    private static X509Certificate2 Certificate(IEnumerable<X509Extension> extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=10.0.0.1", key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
