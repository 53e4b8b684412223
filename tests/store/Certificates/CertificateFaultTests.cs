using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sync.Store.Certificates;

namespace Sync.Store.Tests.Certificates;

public sealed class CertificateFaultTests : IDisposable
{
    private const string Trusted = "the authorities in ca.pem";

    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    private readonly X509Certificate2 _authority = NewAuthority("one");

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_good_certificate_has_none() => FaultOf(Signed(-1, 1)).Should().BeNull();

    [Fact]
    public void One_that_has_ended_is_told_with_its_end() =>
        FaultOf(Signed(-2, -1)).Should().Be($"expired on {Now.AddDays(-1):u}");

    [Fact]
    public void One_that_is_to_come_is_told_with_its_beginning() =>
        FaultOf(Signed(1, 2)).Should().Be($"is not valid before {Now.AddDays(1):u}");

    [Fact]
    public void One_for_servers_alone_is_none_for_clients() =>
        FaultOf(Signed(-1, 1, Purposes.Server)).Should().Be("is not for clients, which its extended key usage leaves out");

    [Fact]
    public void All_that_is_wrong_stands_in_one_sentence() =>
        FaultOf(Signed(-2, -1, Purposes.Server)).Should().StartWith("expired on ").And.Contain(", and is not for clients");

    [Fact]
    public void One_of_a_strange_authority_is_told_with_those_that_are_known()
    {
        using var other = NewAuthority("other");

        FaultOf(Signed(-1, 1, by: other)).Should().Be($"is not of {Trusted}");
    }

    [Fact]
    public void One_of_an_authority_that_has_but_the_name_of_a_known_one_is_told_so()
    {
        using var other = NewAuthority("one");

        FaultOf(Signed(-1, 1, by: other)).Should().Be($"is not of {Trusted}, one of which has its issuer's name and another key");
    }

    private string? FaultOf(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.ApplicationPolicy.Add(Purposes.Client);
        chain.Build(certificate);
        certificate.Dispose();
        return CertificateFault.Find(chain, Trusted);
    }

    private static X509Certificate2 NewAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        return request.CreateSelfSigned(Now.AddDays(-9), Now.AddDays(9));
    }

    private X509Certificate2 Signed(int daysFrom, int daysTo, Oid? purpose = null, X509Certificate2? by = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=own", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([purpose ?? Purposes.Client], critical: false));
        return request.Create(
            by ?? _authority, Now.AddDays(daysFrom), Now.AddDays(daysTo), RandomNumberGenerator.GetBytes(8));
    }
}
