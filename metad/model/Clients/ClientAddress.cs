using System.Globalization;
using System.Net;
using System.Text;

namespace Sync.Metad.Model.Clients;

/// <summary>
/// The identity of a caller: an IP address in its one canonical form. An IPv4 address that arrives inside an IPv6 one
/// is the IPv4 address; a zone is dropped.
/// </summary>
/// <remarks>
/// Source: RFC 5952 for the text. <see cref="TryParse"/> knows strict dotted quads only: .NET's own parser reads
/// <c>010.0.0.1</c> as octal and takes hexadecimal and integer forms.
/// </remarks>
public readonly record struct ClientAddress
{
    private const int GroupCount = 8;

    // The address as an IPv6 one; IPv4 is mapped into ::ffff:0:0/96, and nothing else lives there.
    private readonly UInt128 _bits;

    private ClientAddress(UInt128 bits) => _bits = bits;

    /// <summary>States that the address is an IPv4 one.</summary>
    public bool IsIpv4 => _bits >> 32 == 0xFFFF;

    /// <summary>The address of a socket's peer.</summary>
    /// <param name="address">An IPv4 or IPv6 address.</param>
    public static ClientAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes));
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

        var zone = text.IndexOf('%');
        if (zone >= 0)
        {
            if (zone + 1 == text.Length)
            {
                return false;
            }

            text = text[..zone];
        }

        if (!TryParseGroups(text, out var bits))
        {
            return false;
        }

        address = new(bits);
        return true;
    }

    /// <summary>States that the address lies in a block.</summary>
    /// <param name="network">Any address of the block.</param>
    /// <param name="prefixBits">How many leading bits of the 128 must agree; an IPv4 length counts from 96.</param>
    internal bool SharesPrefix(ClientAddress network, int prefixBits) =>
        prefixBits == 0 || (_bits ^ network._bits) >> (128 - prefixBits) == 0;

    /// <summary>The canonical text: dotted quad, or lower-case IPv6 with its longest run of zeros left out.</summary>
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

        return text.ToString();
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
