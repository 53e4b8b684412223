using System.Security.Cryptography;
using System.Text;

namespace Sync.Confd.Rendering;

/// <summary>Seals and opens values with one key.</summary>
/// <param name="path">The file of the key: 32 bytes, or base64 of them; read when the first value needs it.</param>
/// <remarks>
/// A sealed value is text: <c>enc:v1:</c> and base64 of nonce, ciphertext and tag of AES-256-GCM.
/// <code>
/// offset | size | field
/// 0      | 12   | nonce, random
/// 12     | n    | ciphertext, as long as the plain value
/// 12 + n | 16   | tag
/// </code>
/// </remarks>
internal sealed class SealedValues(string path)
{
    private const string Mark = "enc:v1:";
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly Lazy<byte[]> _key = new(() => Read(path));

    /// <summary>Seals a value.</summary>
    /// <exception cref="IOException">The key cannot be read.</exception>
    public string Seal(ReadOnlySpan<byte> plain)
    {
        var message = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = message.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(_key.Value, TagBytes);
        cipher.Encrypt(nonce, plain, message.AsSpan(NonceBytes, plain.Length), message.AsSpan(NonceBytes + plain.Length));
        return Mark + Convert.ToBase64String(message);
    }

    /// <summary>Opens a sealed value.</summary>
    /// <exception cref="IOException">The key cannot be read, or the value was not sealed with it.</exception>
    public ReadOnlyMemory<byte> Open(ReadOnlyMemory<byte> value)
    {
        try
        {
            var message = Convert.FromBase64String(Encoding.ASCII.GetString(value.Span[Mark.Length..]));
            if (message.Length < NonceBytes + TagBytes)
            {
                throw new IOException("cannot open the value: it is too short");
            }

            var plain = new byte[message.Length - NonceBytes - TagBytes];
            using var cipher = new AesGcm(_key.Value, TagBytes);
            cipher.Decrypt(message.AsSpan(0, NonceBytes), message.AsSpan(NonceBytes, plain.Length), message.AsSpan(NonceBytes + plain.Length), plain);
            return plain;
        }
        catch (FormatException failure)
        {
            throw new IOException("cannot open the value: it is not base64", failure);
        }
        catch (CryptographicException failure)
        {
            throw new IOException($"cannot open the value: it was not sealed with the key in {path}, or was changed", failure);
        }
    }

    private static byte[] Read(string path)
    {
        var content = File.ReadAllBytes(path);
        var decoded = new byte[content.Length];
        var length = content.Length == KeyBytes ? 0
            : Convert.TryFromBase64String(Encoding.ASCII.GetString(content).Trim(), decoded, out var written) ? written : 0;
        return content.Length == KeyBytes ? content
            : length == KeyBytes ? decoded[..length]
            : throw new IOException($"{path} holds no key; write {KeyBytes} random bytes, or base64 of them");
    }
}
