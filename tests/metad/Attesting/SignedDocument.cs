using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Sync.Metad.Tests.Attesting;

/// <summary>A compact JWS as a verifier takes it apart, by the standard alone.</summary>
internal sealed class SignedDocument
{
    private readonly string[] _parts;

    public SignedDocument(string token)
    {
        _parts = token.Split('.');
        _parts.Should().HaveCount(3);
    }

    public string Input => $"{_parts[0]}.{_parts[1]}";

    public byte[] Signature => Base64Url.DecodeFromChars(_parts[2]);

    public JsonElement Header => Json(_parts[0]);

    public JsonElement Claims => Json(_parts[1]);

    public string KeyId => Header.GetProperty("kid").GetString()!;

    /// <summary>The keys of a set by their names.</summary>
    public static Dictionary<string, JsonElement> Keys(string set) => JsonDocument.Parse(set).RootElement
        .GetProperty("keys").EnumerateArray().ToDictionary(key => key.GetProperty("kid").GetString()!);

    /// <summary>Whether one of the keys of a set signed it.</summary>
    public bool IsSignedByOneOf(string set)
    {
        if (!Keys(set).TryGetValue(KeyId, out var key))
        {
            return false;
        }

        key.GetProperty("alg").GetString().Should().Be(Header.GetProperty("alg").GetString());
        using var ec = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new() { X = Bytes(key, "x"), Y = Bytes(key, "y") },
        });
        return ec.VerifyData(Encoding.ASCII.GetBytes(Input), Signature, HashAlgorithmName.SHA256);
    }

    public static byte[] Bytes(JsonElement key, string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());

    private static JsonElement Json(string part) => JsonDocument.Parse(Base64Url.DecodeFromChars(part)).RootElement;
}
