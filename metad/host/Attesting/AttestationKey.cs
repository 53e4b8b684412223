using System.Security.Cryptography;
using Sync.Metad.Model.Attesting;

namespace Sync.Metad.Attesting;

/// <summary>A private key that signs documents: P-256 as ES256, RSA as RS256.</summary>
internal sealed class AttestationKey
{
    private const int RsaBitsMin = 2048;
    private const string P256 = "1.2.840.10045.3.1.7";

    private readonly AsymmetricAlgorithm _key;

    // The platform does not say that one key may sign for two callers at once.
    private readonly Lock _lock = new();

    private AttestationKey(AsymmetricAlgorithm key, JsonWebKey published)
    {
        _key = key;
        Published = published;
    }

    /// <summary>What verifiers are told.</summary>
    public JsonWebKey Published { get; }

    /// <summary>Reads a private key.</summary>
    /// <param name="pem">One PEM block: <c>PRIVATE KEY</c>, <c>EC PRIVATE KEY</c> or <c>RSA PRIVATE KEY</c>.</param>
    /// <returns>Null when it is of another kind, curve or length.</returns>
    public static AttestationKey? Read(string pem) =>
        Import(pem) is { } key && Publish(key) is { } published ? new(key, published) : null;

    /// <summary>Reads a public key, or the public part of a private one.</summary>
    /// <param name="pem">One PEM block.</param>
    /// <returns>Null when it is of another kind, curve or length.</returns>
    public static JsonWebKey? ReadPublished(string pem)
    {
        using var key = Import(pem);
        return Publish(key);
    }

    /// <summary>Signs.</summary>
    /// <param name="message">What is signed.</param>
    /// <returns>The signature as RFC 7518 has it: for ES256 both numbers, 32 bytes each.</returns>
    public byte[] Sign(byte[] message)
    {
        lock (_lock)
        {
            return _key switch
            {
                ECDsa ec => ec.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation),
                RSA rsa => rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
                _ => throw new InvalidOperationException($"{_key} signs nothing."),
            };
        }
    }

    // A block does not always name its kind, so both are tried.
    private static AsymmetricAlgorithm? Import(string pem) =>
        TryImport(ECDsa.Create(), pem) ?? TryImport(RSA.Create(), pem);

    private static AsymmetricAlgorithm? TryImport(AsymmetricAlgorithm kind, string pem)
    {
        try
        {
            kind.ImportFromPem(pem);
            return kind;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            kind.Dispose();
            return null;
        }
    }

    private static JsonWebKey? Publish(AsymmetricAlgorithm? key) => key switch
    {
        ECDsa ec when ec.ExportParameters(includePrivateParameters: false) is { Curve.Oid.Value: P256, Q: { X: { } x, Y: { } y } } =>
            JsonWebKey.OfP256(x, y),
        RSA rsa when rsa.KeySize >= RsaBitsMin
            && rsa.ExportParameters(includePrivateParameters: false) is { Modulus: { } modulus, Exponent: { } exponent } =>
            JsonWebKey.OfRsa(modulus, exponent),
        _ => null,
    };
}
