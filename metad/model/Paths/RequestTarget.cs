using System.Buffers;
using System.Text;

namespace Sync.Metad.Model.Paths;

/// <summary>
/// What a request line asks for, decoded exactly once: percent escapes become bytes, an escaped slash separates like
/// a plain one, and a path with empty or dot segments is answered by a redirect to its clean form.
/// </summary>
public abstract record RequestTarget
{
    private static readonly SearchValues<byte> KeptInLocation = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~$&+,/:;=@"u8);

    private RequestTarget()
    {
    }

    /// <summary>A path ready to be looked up.</summary>
    /// <param name="Path">The canonical path; a trailing slash of the request has fallen away.</param>
    /// <param name="Query">The raw query without its question mark; may be empty.</param>
    public sealed record Resolved(MetadataPath Path, string Query) : RequestTarget;

    /// <summary>A path in need of cleaning.</summary>
    /// <param name="Location">The clean path, escaped, with the query kept.</param>
    public sealed record Redirected(string Location) : RequestTarget;

    /// <summary>A target that is not a path, or whose escapes are broken.</summary>
    public sealed record Malformed : RequestTarget;

    /// <summary>Decodes the target of a request line.</summary>
    /// <param name="rawTarget">
    /// As sent: <c>/a/b?query</c>, or with scheme and host in front. Characters above U+007F stand for their UTF-8.
    /// </param>
    public static RequestTarget Decode(string rawTarget)
    {
        var text = rawTarget.AsSpan();
        if (!text.StartsWith("/"))
        {
            var scheme = text.IndexOf("://");
            if (scheme < 0)
            {
                return new Malformed();
            }

            text = text[(scheme + 3)..];
            var authorityEnd = text.IndexOfAny('/', '?');
            text = authorityEnd < 0 ? "/" : text[authorityEnd] == '?' ? $"/{text[authorityEnd..]}" : text[authorityEnd..];
        }

        var queryStart = text.IndexOf('?');
        var query = queryStart < 0 ? "" : text[(queryStart + 1)..].ToString();
        var bytes = Unescape(queryStart < 0 ? text : text[..queryStart]);
        if (bytes is null)
        {
            return new Malformed();
        }

        return NeedsCleaning(bytes)
            ? new Redirected(EscapedLocation(bytes, queryStart < 0 ? "" : "?" + query))
            : new Resolved(MetadataPath.Split(bytes), query);
    }

    /// <summary>
    /// States that a target has the one spelling that <see cref="Decode"/> leaves as it is: no scheme and host, no empty or
    /// dot segment, no escaped slash, no control character.
    /// </summary>
    /// <param name="rawTarget">As sent.</param>
    public static bool IsPlain(string rawTarget)
    {
        var queryStart = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = queryStart < 0 ? rawTarget : rawTarget[..queryStart];
        return path.StartsWith('/') && !path.Contains("%2f", StringComparison.OrdinalIgnoreCase)
            && Decode(rawTarget) is Resolved { Path: var decoded }
            && decoded.Bytes.IndexOfAnyInRange((byte)0, (byte)0x1F) < 0 && !decoded.Bytes.Contains((byte)0x7F);
    }

    private static byte[]? Unescape(ReadOnlySpan<char> path)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(path)];
        Encoding.UTF8.GetBytes(path, bytes);
        if (!bytes.AsSpan().Contains((byte)'%'))
        {
            return bytes;
        }

        var length = 0;
        for (var at = 0; at < bytes.Length; at++)
        {
            if (bytes[at] != '%')
            {
                bytes[length++] = bytes[at];
                continue;
            }

            if (at + 2 >= bytes.Length || !char.IsAsciiHexDigit((char)bytes[at + 1])
                || !char.IsAsciiHexDigit((char)bytes[at + 2]))
            {
                return null;
            }

            bytes[length++] = (byte)((HexValue(bytes[at + 1]) << 4) | HexValue(bytes[at + 2]));
            at += 2;
        }

        return bytes[..length];
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static bool NeedsCleaning(ReadOnlySpan<byte> path)
    {
        if (path.IndexOf("//"u8) >= 0)
        {
            return true;
        }

        foreach (var segment in new SegmentEnumerator(path))
        {
            if (segment is [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                return true;
            }
        }

        return false;
    }

    private static string EscapedLocation(ReadOnlySpan<byte> path, string query)
    {
        var cleaned = MetadataPath.Clean(path);
        var location = new StringBuilder();
        foreach (var value in cleaned.Bytes)
        {
            _ = KeptInLocation.Contains(value)
                ? location.Append((char)value)
                : location.Append('%').Append(value.ToString("X2", null));
        }

        if (cleaned.IsRoot || path[^1] == '/')
        {
            location.Append('/');
        }

        return location.Append(query).ToString();
    }
}
