using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Model.Attesting;

/// <summary>What is signed about a caller: who it is, for whom it asked, and for how long that holds.</summary>
/// <remarks>
/// <code>
/// iss, aud, nonce    the issuer, and what the caller gave; nonce only where it gave one
/// sub                the caller by the one name or address that limits count it by
/// iat, nbf, exp      seconds since 1970: signed at, good from, good until before
/// jti                a number of this document alone
/// metad.addresses    the address that the caller is known by, if any
/// metad.names        the names that it is known by, the most specific first
/// metad.revision     the revision that it was told from
/// metad.self_sha256  the base64url SHA-256 of GET /self as JSON at that revision; only where there is such an answer
/// </code>
/// Source: RFC 7519 section 4.1 for the claims, RFC 7515 section 7.1 for the form.
/// </remarks>
/// <param name="Issuer">Who signs.</param>
/// <param name="Audience">Who is to read it.</param>
/// <param name="Nonce">What makes it the answer to one question; null when nothing does.</param>
/// <param name="Caller">Whom it is about.</param>
/// <param name="SignedAt">When it is signed.</param>
/// <param name="Life">How long it is good.</param>
/// <param name="Id">Its own number: text that no other document has.</param>
/// <param name="Revision">The revision of the snapshot.</param>
/// <param name="SelfDigest">The SHA-256 of what <c>/self</c> shows the caller; null when it shows nothing.</param>
public sealed record AttestedDocument(
    string Issuer,
    string Audience,
    string? Nonce,
    ClientIdentity Caller,
    DateTimeOffset SignedAt,
    TimeSpan Life,
    string Id,
    long Revision,
    byte[]? SelfDigest)
{
    /// <summary>Where callers ask for it.</summary>
    public const string Route = "/latest/attested/document";

    /// <summary>Where verifiers find the keys.</summary>
    public const string KeysRoute = "/.well-known/jwks.json";

    /// <summary>The most characters of an audience or a nonce.</summary>
    public const int TextMax = 255;

    /// <summary>The part that is signed: header and claims, each as base64url, with a dot between.</summary>
    /// <param name="key">The key that will sign it.</param>
    public string SigningInput(JsonWebKey key) => Base64Url.EncodeToString(Header(key)) + "." + Base64Url.EncodeToString(Claims());

    private static byte[] Header(JsonWebKey key) =>
        Encoding.ASCII.GetBytes($$"""{"alg":"{{key.Algorithm}}","kid":"{{key.Id}}","typ":"JWT"}""");

    private ReadOnlySpan<byte> Claims()
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer);
            json.WriteString("sub", Caller.Account);
            json.WriteString("aud", Audience);
            if (Nonce is not null)
            {
                json.WriteString("nonce", Nonce);
            }

            json.WriteNumber("iat", SignedAt.ToUnixTimeSeconds());
            json.WriteNumber("nbf", SignedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", (SignedAt + Life).ToUnixTimeSeconds());
            json.WriteString("jti", Id);
            WriteCaller(json);
            json.WriteEndObject();
        }

        return text.WrittenSpan;
    }

    private void WriteCaller(Utf8JsonWriter json)
    {
        json.WriteStartObject("metad");
        json.WriteStartArray("addresses");
        if (Caller.Address is { } address)
        {
            json.WriteStringValue(address.ToString());
        }

        json.WriteEndArray();
        json.WriteStartArray("names");
        foreach (var name in Caller.Names)
        {
            json.WriteStringValue(name.Text);
        }

        json.WriteEndArray();
        json.WriteNumber("revision", Revision);
        if (SelfDigest is not null)
        {
            json.WriteString("self_sha256", Base64Url.EncodeToString(SelfDigest));
        }

        json.WriteEndObject();
    }
}
