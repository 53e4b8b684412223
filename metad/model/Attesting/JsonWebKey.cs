using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sync.Metad.Model.Attesting;

/// <summary>A public key as JSON that verifiers of signed documents read. Immutable.</summary>
/// <remarks>Source: RFC 7517, RFC 7518 section 6, and RFC 7638 for the thumbprint.</remarks>
public sealed class JsonWebKey
{
    // In the order of their names, as the thumbprint wants them.
    private readonly (string Name, string Value)[] _members;

    private JsonWebKey(string algorithm, params (string Name, string Value)[] members)
    {
        Algorithm = algorithm;
        _members = members;
        var canonical = string.Join(',', members.Select(member => $"\"{member.Name}\":\"{member.Value}\""));
        Id = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes($"{{{canonical}}}")));
    }

    /// <summary>How the key signs: <c>ES256</c> or <c>RS256</c>.</summary>
    public string Algorithm { get; }

    /// <summary>The key's own name: the base64url text of the SHA-256 of its canonical form.</summary>
    public string Id { get; }

    /// <summary>A key of the curve P-256.</summary>
    /// <param name="x">The first coordinate of the public point, 32 bytes, big-endian.</param>
    /// <param name="y">The second one.</param>
    public static JsonWebKey OfP256(byte[] x, byte[] y) => new(
        "ES256",
        ("crv", "P-256"),
        ("kty", "EC"),
        ("x", Base64Url.EncodeToString(x)),
        ("y", Base64Url.EncodeToString(y)));

    /// <summary>A key of RSA.</summary>
    /// <param name="modulus">Big-endian, without leading zeros.</param>
    /// <param name="exponent">Likewise.</param>
    public static JsonWebKey OfRsa(byte[] modulus, byte[] exponent) => new(
        "RS256",
        ("e", Base64Url.EncodeToString(exponent)),
        ("kty", "RSA"),
        ("n", Base64Url.EncodeToString(modulus)));

    /// <summary>Writes a set of keys.</summary>
    /// <param name="keys">The keys, in the order in which they are listed.</param>
    /// <returns>UTF-8: <c>{"keys":[…]}</c>.</returns>
    public static byte[] WriteSet(IEnumerable<JsonWebKey> keys)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys)
            {
                key.Write(json);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return text.ToArray();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, value) in _members)
        {
            json.WriteString(name, value);
        }

        json.WriteString("kid", Id);
        json.WriteString("alg", Algorithm);
        json.WriteString("use", "sig");
        json.WriteEndObject();
    }
}
