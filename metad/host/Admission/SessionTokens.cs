using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Sync.Metad.Files;
using Sync.Metad.Model.Clients;

namespace Sync.Metad.Admission;

/// <summary>
/// Tokens that a caller fetches by a write before it reads. Who can make a server fetch an address for him, but not
/// write to it or set its headers, reads nothing.
/// </summary>
/// <remarks>
/// A token is the base64url text of 40 bytes, and nothing is kept of it:
/// <code>
/// offset | size | field
/// 0      | 8    | end, seconds since 1970, big-endian
/// 8      | 32   | HMAC-SHA256 over "metad-token-v1", the end and whom the token was given to
/// </code>
/// Source: the instance metadata service of Amazon EC2, version 2, for the route, the headers and the limits.
/// </remarks>
internal sealed class SessionTokens
{
    /// <summary>Where tokens are asked for, by PUT.</summary>
    public const string Route = "/latest/api/token";

    /// <summary>What a read shows.</summary>
    public const string TokenHeader = "X-aws-ec2-metadata-token";

    /// <summary>How many seconds a token shall be good for.</summary>
    public const string LifeHeader = "X-aws-ec2-metadata-token-ttl-seconds";

    /// <summary>The longest life in seconds: six hours.</summary>
    public const int LifeSecondsMax = 21_600;

    private const int EndLength = 8;
    private const int TokenLength = EndLength + 32;

    private readonly Func<SecretList> _keys;
    private readonly TimeProvider _time;

    /// <summary>Creates them over keys.</summary>
    /// <param name="keys">The keys of now; the first one signs.</param>
    /// <param name="time">The clock.</param>
    public SessionTokens(Func<SecretList> keys, TimeProvider time)
    {
        _keys = keys;
        _time = time;
    }

    /// <summary>Makes a token.</summary>
    /// <param name="client">Whom it is for.</param>
    /// <param name="life">How long it is good, up to <see cref="LifeSecondsMax"/>.</param>
    public string Issue(ClientIdentity client, TimeSpan life)
    {
        Span<byte> token = stackalloc byte[TokenLength];
        BinaryPrimitives.WriteInt64BigEndian(token, (_time.GetUtcNow() + life).ToUnixTimeSeconds());
        _keys().Sign(Message(token[..EndLength], client)).CopyTo(token[EndLength..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>States that a token was made for a caller and is not too old.</summary>
    /// <param name="text">What the caller shows.</param>
    /// <param name="client">The caller.</param>
    public bool IsGood(string text, ClientIdentity client)
    {
        Span<byte> token = stackalloc byte[TokenLength];
        if (text.Length != Base64Url.GetEncodedLength(TokenLength) || !Base64Url.IsValid(text)
            || !Base64Url.TryDecodeFromChars(text, token, out var length) || length != TokenLength)
        {
            return false;
        }

        return _keys().HasSigned(Message(token[..EndLength], client), token[EndLength..])
            && BinaryPrimitives.ReadInt64BigEndian(token) > _time.GetUtcNow().ToUnixTimeSeconds();
    }

    private static byte[] Message(ReadOnlySpan<byte> end, ClientIdentity client) =>
        [.. "metad-token-v1\n"u8, .. end, .. Encoding.UTF8.GetBytes(client.Account)];
}
