using System.Security.Cryptography;
using System.Text;
using Sync.Posix;

namespace Sync.Metad.Files;

/// <summary>Files that only their owner and group may read: keys, and lists of secrets.</summary>
internal static class SecretFile
{
    private const int SecretBytesMin = 16;

    /// <summary>A list of secrets that is read again when the file changed.</summary>
    /// <param name="path">The file: one secret a line, of at least 16 bytes; empty lines and those with # are passed over.</param>
    /// <param name="complain">Told of a change that cannot be used.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="FormatException">The file cannot be used; the message names it and never a secret.</exception>
    public static ReloadedFiles<SecretList> Open(string path, Action<string> complain, TimeProvider time) => new([path], contents =>
    {
        RequirePrivate(path);
        return Read(path, contents[0]);
    }, complain, time);

    /// <summary>Refuses a file that everybody may read.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">Others may read it.</exception>
    public static void RequirePrivate(string path)
    {
        try
        {
            using var file = PosixFile.Open(path, OpenOptions.Read);
            if ((file.Status().Mode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw new FormatException($"{path} may be read by everybody: take that right away (chmod o= {path}).");
            }
        }
        catch (PosixException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
    }

    private static SecretList Read(string path, byte[] content)
    {
        var lines = Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(Encoding.UTF8.GetBytes)
            .ToList();
        if (lines.Count == 0 || lines.Any(line => line.Length < SecretBytesMin))
        {
            throw new FormatException(
                $"{path} holds no secret, or a short one: one a line is wanted, each of at least {SecretBytesMin} bytes.");
        }

        return new(lines);
    }
}

/// <summary>Secrets that are compared and signed with, and never shown.</summary>
/// <param name="secrets">In the order of the file; the first one signs.</param>
internal sealed class SecretList(IReadOnlyList<byte[]> secrets)
{
    private readonly byte[][] _hashes = [.. secrets.Select(SHA256.HashData)];

    /// <summary>States that a text is one of the secrets. Takes the same time whichever it is, or none.</summary>
    /// <param name="text">What a caller shows.</param>
    public bool Holds(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        var isHeld = false;
        foreach (var known in _hashes)
        {
            isHeld |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return isHeld;
    }

    /// <summary>The first secret's signature of a message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>32 bytes: HMAC-SHA256.</returns>
    public byte[] Sign(ReadOnlySpan<byte> message) => HMACSHA256.HashData(secrets[0], message);

    /// <summary>States that one of the secrets signed a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="signature">The signature that came with it.</param>
    public bool HasSigned(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var isSigned = false;
        foreach (var secret in secrets)
        {
            isSigned |= CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, message), signature);
        }

        return isSigned;
    }
}
