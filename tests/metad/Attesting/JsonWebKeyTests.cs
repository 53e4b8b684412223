using System.Buffers.Text;
using System.Text;
using Sync.Metad.Model.Attesting;

namespace Sync.Metad.Tests.Attesting;

/// <summary>Public keys as verifiers read them.</summary>
public sealed class JsonWebKeyTests
{
    // RFC 7638 section 3.1.
    private const string Modulus =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn6"
        + "4tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n9"
        + "1CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    [Fact]
    public void The_name_of_a_key_is_the_thumbprint_of_the_standards_example() =>
        JsonWebKey.OfRsa(Base64Url.DecodeFromChars(Modulus), Base64Url.DecodeFromChars("AQAB")).Id
            .Should().Be("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");

    [Fact]
    public void A_set_lists_what_a_verifier_needs_of_each_key()
    {
        var (ec, rsa) = (JsonWebKey.OfP256([1, 2], [3]), JsonWebKey.OfRsa([255, 254], [1, 0, 1]));

        Encoding.UTF8.GetString(JsonWebKey.WriteSet([ec, rsa])).Should().Be(
            "{\"keys\":["
            + $$"""{"crv":"P-256","kty":"EC","x":"AQI","y":"Aw","kid":"{{ec.Id}}","alg":"ES256","use":"sig"},"""
            + $$"""{"e":"AQAB","kty":"RSA","n":"__4","kid":"{{rsa.Id}}","alg":"RS256","use":"sig"}]}""");
    }
}
