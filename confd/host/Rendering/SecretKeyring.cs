using System.Buffers.Text;
using System.IO.Compression;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace Sync.Confd.Rendering;

/// <summary>Secret keys without a passphrase, which decrypt values of keys.</summary>
/// <param name="path">The file of the keys, armored; read when the first value is decrypted.</param>
/// <remarks>
/// A value is base64 of what OpenPGP encrypts, which is gzip of the plain value. Source: documentation of confd 0.16,
/// "Template functions", and of crypt.
/// </remarks>
internal sealed class SecretKeyring(string path)
{
    private const int PlainBytesMax = 64 * 1024 * 1024;

    private readonly Lazy<PgpSecretKeyRingBundle> _keys = new(() => Read(path));

    /// <summary>Decrypts a value.</summary>
    /// <exception cref="IOException">The keys cannot be read, or none of them decrypts the value.</exception>
    public ReadOnlyMemory<byte> Decrypt(ReadOnlyMemory<byte> value)
    {
        try
        {
            using var encrypted = new MemoryStream(FromBase64(value.Span));
            return Plain(PgpUtilities.GetDecoderStream(encrypted));
        }
        catch (Exception failure) when (failure is PgpException or ArgumentException or InvalidDataException or InvalidOperationException)
        {
            throw new IOException($"cannot decrypt the value: {failure.Message}", failure);
        }
    }

    private static PgpSecretKeyRingBundle Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var keys = PgpUtilities.GetDecoderStream(file);
            return new PgpSecretKeyRingBundle(keys);
        }
        catch (Exception failure) when (failure is PgpException or ArgumentException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot read the keys in {path}: {failure.Message}", failure);
        }
    }

    private static byte[] FromBase64(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == System.Buffers.OperationStatus.Done
            ? bytes[..written]
            : throw new InvalidDataException("it is not base64");
    }

    private byte[] Plain(Stream message)
    {
        var data = Find<PgpEncryptedDataList>(message)?.GetEncryptedDataObjects().OfType<PgpPublicKeyEncryptedData>().ToList() ?? [];
        foreach (var one in data)
        {
            if (_keys.Value.GetSecretKey(one.KeyId)?.ExtractPrivateKey([]) is not { } key)
            {
                continue;
            }

            var literal = Find<PgpLiteralData>(one.GetDataStream(key)) ?? throw new InvalidDataException("it holds no text");
            using var compressed = new MemoryStream();
            Copy(literal.GetInputStream(), compressed);
            if (one.IsIntegrityProtected() && !one.Verify())
            {
                throw new InvalidDataException("it was changed after it was encrypted");
            }

            compressed.Position = 0;
            using var plain = new MemoryStream();
            using var unzipping = new GZipStream(compressed, CompressionMode.Decompress);
            Copy(unzipping, plain);
            return plain.ToArray();
        }

        throw new InvalidDataException(data.Count == 0 ? "it is no OpenPGP message" : "no key of the keyring fits");
    }

    // The packet of a kind, also within a compressed one.
    private static T? Find<T>(Stream packets)
        where T : PgpObject
    {
        var reader = new PgpObjectFactory(packets);
        while (reader.NextPgpObject() is { } packet)
        {
            if (packet is T found)
            {
                return found;
            }

            if (packet is PgpCompressedData compressed)
            {
                reader = new PgpObjectFactory(compressed.GetDataStream());
            }
        }

        return null;
    }

    private static void Copy(Stream source, MemoryStream target)
    {
        var buffer = new byte[8192];
        for (int length; (length = source.Read(buffer)) > 0;)
        {
            target.Write(buffer, 0, length);
            if (target.Length > PlainBytesMax)
            {
                throw new InvalidDataException($"it stands for more than {PlainBytesMax} bytes");
            }
        }
    }
}
