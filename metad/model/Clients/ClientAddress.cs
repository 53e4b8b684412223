using System.Globalization;
using System.Net;
using System.Text;

namespace Sync.Metad.Model.Clients;

/// <summary>
/// The identity of a caller: an IP address in its one canonical form. An IPv4 address that arrives inside an IPv6 one
/// is the IPv4 address. An address of a link (<c>fe80::/10</c>) keeps its zone, since another link may have the same
/// address; elsewhere a zone says nothing and is dropped.
/// </summary>
/// <remarks>
/// A zone is 1 to 15 letters, digits and <c>-._~</c>, the name of an interface such as <c>eth0</c>.
/// Source: RFC 5952 for the text. <see cref="TryParse"/> knows strict dotted quads only: .NET's own parser reads
/// <c>010.0.0.1</c> as octal and takes hexadecimal and integer forms.
/// </remarks>
public readonly record struct ClientAddress
{
    private const int GroupCount = 8;

    // The kernel's IFNAMSIZ without its end.
    private const int ZoneLengthMax = 15;

    // The address as an IPv6 one; IPv4 is mapped into ::ffff:0:0/96, and nothing else lives there.
    private readonly UInt128 _bits;

    // Null where there is none.
    private readonly string? _zone;

    private ClientAddress(UInt128 bits, string? zone = null)
    {
        _bits = bits;
        _zone = bits >> 118 == 0xFE80 >> 6 ? zone : null;
    }

    /// <summary>States that the address is an IPv4 one.</summary>
    public bool IsIpv4 => _bits >> 32 == 0xFFFF;

    /// <summary>The address of a socket's peer.</summary>
    /// <param name="address">An IPv4 or IPv6 address.</param>
    /// <param name="link">The name of the interface that the address's scope numbers; null takes the number.</param>
    public static ClientAddress Of(IPAddress address, string? link = null)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        var zone = address is { IsIPv6LinkLocal: true, ScopeId: not 0 }
            ? link ?? address.ScopeId.ToString(CultureInfo.InvariantCulture)
            : null;
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes), zone);
    }

    /// <summary>Reads an address strictly.</summary>
    /// <param name="text">
    /// Four decimal numbers without leading zeros, or an IPv6 address without brackets, with or without a zone.
    /// </param>
    /// <param name="address">The canonical address.</param>
    /// <returns>False when the text is anything else: a port, a prefix length, blanks, octal or hexadecimal parts.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out ClientAddress address)
    {
        address = default;
        if (!text.Contains(':'))
        {
            if (!TryParseQuad(text, out var quad))
            {
                return false;
            }

            address = new(((UInt128)0xFFFF << 32) | quad);
            return true;
        }

        var end = text.IndexOf('%');
        var zone = end < 0 ? default : text[(end + 1)..];
        if ((end >= 0 && !IsZone(zone)) || !TryParseGroups(end < 0 ? text : text[..end], out var bits))
        {
            return false;
        }

        address = new(bits, end < 0 ? null : zone.ToString());
        return true;
    }

    /// <summary>States that the address lies in a block; one without a zone is of all links.</summary>
    /// <param name="network">Any address of the block.</param>
    /// <param name="prefixBits">How many leading bits of the 128 must agree; an IPv4 length counts from 96.</param>
    internal bool SharesPrefix(ClientAddress network, int prefixBits) =>
        (prefixBits == 0 || (_bits ^ network._bits) >> (128 - prefixBits) == 0)
        && (network._zone is null || network._zone == _zone);

    /// <summary>The first address of the block that this one lies in.</summary>
    /// <param name="prefixBits">How many leading bits of the 128 the block has in common.</param>
    /// <returns>This address where the first one could not hold its zone, without which the block would be wider.</returns>
    internal ClientAddress FirstOf(int prefixBits)
    {
        var first = new ClientAddress(prefixBits == 0 ? 0 : _bits >> (128 - prefixBits) << (128 - prefixBits), _zone);
        return first._zone == _zone ? first : this;
    }

    /// <summary>
    /// The canonical text: dotted quad, or lower-case IPv6 with its longest run of zeros left out, and a zone as it is.
    /// </summary>
    public override string ToString()
    {
        if (IsIpv4)
        {
            var quad = (uint)_bits;
            return string.Create(
                CultureInfo.InvariantCulture, $"{quad >> 24}.{(quad >> 16) & 255}.{(quad >> 8) & 255}.{quad & 255}");
        }

        var (gapStart, gapLength) = LongestZeroRun();
        var text = new StringBuilder(39);
        for (var group = 0; group < GroupCount; group++)
        {
            if (group == gapStart)
            {
                text.Append("::");
                group += gapLength - 1;
                continue;
            }

            if (text.Length > 0 && text[^1] != ':')
            {
                text.Append(':');
            }

            text.Append(CultureInfo.InvariantCulture, $"{Group(group):x}");
        }

        return _zone is null ? text.ToString() : text.Append('%').Append(_zone).ToString();
    }

    private ushort Group(int index) => (ushort)(_bits >> (16 * (GroupCount - 1 - index)));

    // A single zero group is not shortened; of equal runs the first is.
    private (int Start, int Length) LongestZeroRun()
    {
        var (bestStart, bestLength) = (-1, 1);
        for (var start = 0; start < GroupCount; start++)
        {
            var end = start;
            while (end < GroupCount && Group(end) == 0)
            {
                end++;
            }

            if (end - start > bestLength)
            {
                (bestStart, bestLength) = (start, end - start);
            }

            start = Math.Max(start, end - 1);
        }

        return (bestStart, bestLength);
    }

    private static bool IsZone(ReadOnlySpan<char> text)
    {
        foreach (var letter in text)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '.' or '_' or '~'))
            {
                return false;
            }
        }

        return text.Length is > 0 and <= ZoneLengthMax;
    }

    private static bool TryParseQuad(ReadOnlySpan<char> text, out uint quad)
    {
        quad = 0;
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            var isNumber = part.Length is > 0 and <= 3 && !part.ContainsAnyExceptInRange('0', '9');
            if (!isNumber || (part.Length > 1 && part[0] == '0') || ++parts > 4)
            {
                return false;
            }

            var number = uint.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);
            if (number > 255)
            {
                return false;
            }

            quad = (quad << 8) | number;
        }

        return parts == 4;
    }

    private static bool TryParseGroups(ReadOnlySpan<char> text, out UInt128 bits)
    {
        bits = 0;
        var gap = text.IndexOf("::");
        if (gap < 0)
        {
            return TryParseRun(text, out bits, out var count) && count == GroupCount;
        }

        var after = text[(gap + 2)..];
        if (after.IndexOf("::") >= 0
            || !TryParseRun(text[..gap], out var head, out var headCount)
            || !TryParseRun(after, out var tail, out var tailCount)
            || headCount + tailCount >= GroupCount
            || text[..gap].Contains('.'))
        {
            return false;
        }

        bits = (headCount == 0 ? 0 : head << (16 * (GroupCount - headCount))) | tail;
        return true;
    }

    // A run of groups separated by single colons; the last may be a dotted quad, which counts for two.
    private static bool TryParseRun(ReadOnlySpan<char> text, out UInt128 bits, out int count)
    {
        bits = 0;
        count = 0;
        if (text.Length == 0)
        {
            return true;
        }

        var lastColon = text.LastIndexOf(':');
        foreach (var range in text.Split(':'))
        {
            var part = text[range];
            if (part.Contains('.'))
            {
                if (range.Start.Value != lastColon + 1 || !TryParseQuad(part, out var quad))
                {
                    return false;
                }

                bits = (bits << 32) | quad;
                count += 2;
                continue;
            }

            if (part.Length is 0 or > 4
                || !ushort.TryParse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var group))
            {
                return false;
            }

            bits = (bits << 16) | group;
            count++;
        }

        return count <= GroupCount;
    }
}
