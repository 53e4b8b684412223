using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Sync.Store.Certificates;

/// <summary>The certificates that one authority has revoked, signed by it.</summary>
/// <remarks>
/// Its date is not looked at, as in etcd: an old list still refuses whom it names. Extensions are skipped, so a list in
/// another's name, an indirect one, is not understood. Source: RFC 5280, section 5.1.
/// </remarks>
internal sealed class RevocationList
{
    private const string PemLabel = "X509 CRL";

    private readonly byte[] _issuer;
    private readonly HashSet<BigInteger> _serials = [];
    private readonly byte[] _signed;
    private readonly HashAlgorithmName _hash;
    private readonly byte[] _signature;

    private RevocationList(ReadOnlyMemory<byte> bytes)
    {
        var whole = new AsnReader(bytes, AsnEncodingRules.DER).ReadSequence();
        _signed = whole.PeekEncodedValue().ToArray();
        var list = whole.ReadSequence();
        _hash = HashOf(whole.ReadSequence().ReadObjectIdentifier());
        _signature = whole.ReadBitString(out _);
        if (list.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            list.ReadInteger();
        }

        // The algorithm again.
        list.ReadSequence();
        _issuer = list.ReadEncodedValue().ToArray();
        while (list.HasData && IsTime(list.PeekTag()))
        {
            list.ReadEncodedValue();
        }

        if (list.HasData && list.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            for (var entries = list.ReadSequence(); entries.HasData;)
            {
                _serials.Add(entries.ReadSequence().ReadInteger());
            }
        }
    }

    /// <summary>Reads the lists of a file.</summary>
    /// <param name="file">Its path, for messages.</param>
    /// <param name="content">One list as DER, or any number as PEM.</param>
    /// <param name="authorities">Those that are known before anybody calls; a list of one of them must be signed by it.</param>
    /// <exception cref="CryptographicException">The file holds no list, or one that its authority has not signed.</exception>
    public static IReadOnlyList<RevocationList> ReadAll(
        string file, byte[] content, IReadOnlyCollection<X509Certificate2> authorities)
    {
        try
        {
            var lists = Ders(content).Select(der => new RevocationList(der)).ToList();
            foreach (var list in lists)
            {
                var named = authorities.Where(list.IsIssuedBy).ToList();
                if (named.Count > 0 && !named.Exists(list.IsSignedBy))
                {
                    throw new CryptographicException($"{file} has a list of {named[0].Subject} that it has not signed.");
                }
            }

            return lists.Count > 0
                ? lists
                : throw new CryptographicException($"{file} holds no list of revoked certificates.");
        }
        catch (AsnContentException malformed)
        {
            throw new CryptographicException(
                $"{file} holds no list of revoked certificates: {malformed.Message}", malformed);
        }
    }

    /// <summary>Whether the list is one of the certificate's issuer and names it.</summary>
    /// <param name="certificate">Any certificate.</param>
    /// <param name="issuer">Who signed it.</param>
    public bool Revokes(X509Certificate2 certificate, X509Certificate2 issuer) =>
        _serials.Contains(new BigInteger(certificate.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true))
        && IsIssuedBy(issuer) && IsSignedBy(issuer);

    private static IEnumerable<byte[]> Ders(byte[] content)
    {
        if (content is [0x30, ..])
        {
            yield return content;
            yield break;
        }

        var rest = Encoding.UTF8.GetString(content);
        while (PemEncoding.TryFind(rest, out var fields))
        {
            if (rest[fields.Label] == PemLabel)
            {
                yield return Convert.FromBase64String(rest[fields.Base64Data]);
            }

            rest = rest[fields.Location.End..];
        }
    }

    private static bool IsTime(Asn1Tag tag) =>
        tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private bool IsIssuedBy(X509Certificate2 authority) => authority.SubjectName.RawData.AsSpan().SequenceEqual(_issuer);

    private bool IsSignedBy(X509Certificate2 authority)
    {
        using var rsa = authority.GetRSAPublicKey();
        using var ecdsa = authority.GetECDsaPublicKey();
        return rsa?.VerifyData(_signed, _signature, _hash, RSASignaturePadding.Pkcs1)
            ?? ecdsa?.VerifyData(_signed, _signature, _hash, DSASignatureFormat.Rfc3279DerSequence)
            ?? false;
    }

    // Source: RFC 8017, appendix C, PKCS #1 v1.5 signatures; RFC 5758, section 3.2, ECDSA.
    private static HashAlgorithmName HashOf(string algorithm) => algorithm switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => HashAlgorithmName.SHA512,
        _ => throw new AsnContentException($"it is signed with the algorithm {algorithm}; RSA (PKCS #1) and ECDSA with "
            + "SHA-256, SHA-384 or SHA-512 are known."),
    };
}
