using System.Buffers.Binary;

namespace Sync.Store.Hosting.Authorities;

/// <summary>
/// Mends the <c>:authority</c> of a request whose client put a whole URL there. Kestrel would refuse it; nothing in
/// the store reads it.
/// </summary>
/// <remarks>
/// etcd's Go client sends <c>http://127.0.0.1:2379</c> where it calls one endpoint, as <c>endpoint status</c> does.
/// <c>://</c> becomes <c>x--</c>: a host name of the same length, and of the same length in bits in the Huffman code,
/// so that nothing moves and the tables of both sides stay equal. Source: RFC 7541, sections 5 and 6, appendix B.
/// </remarks>
internal static class HeaderBlock
{
    // Entry 1 of the static table.
    private const int AuthorityName = 1;

    // The Huffman codes, most significant bit first: "http" 22 bits, "s" 5, "://" 19, "x--" 19.
    private const ulong HttpCode = 0b100111_01001_01001_101011;
    private const ulong HttpsCode = (HttpCode << 5) | 0b01000;
    private const ulong SchemeEndCode = 0b1011100_011000_011000;
    private const ulong MendedCode = 0b1111001_010110_010110;
    private const int HttpBits = 22;
    private const int HttpsBits = 27;
    private const int SchemeEndBits = 19;

    /// <summary>Mends the block's authority in place, if it is there and needs it.</summary>
    /// <param name="block">A header block, or its first part; anything else is left as it is.</param>
    public static void MendAuthority(Span<byte> block)
    {
        var position = 0;
        while (position < block.Length)
        {
            var first = block[position];
            var isIndexed = (first & 0x80) != 0;
            var isSizeUpdate = (first & 0xe0) == 0x20;
            var prefixBits = isIndexed ? 7 : (first & 0x40) != 0 ? 6 : isSizeUpdate ? 5 : 4;
            if (!TryReadInteger(block, ref position, prefixBits, out var name))
            {
                return;
            }

            if (isIndexed || isSizeUpdate)
            {
                continue;
            }

            if ((name == 0 && !TryReadString(block, ref position, out _, out _))
                || !TryReadString(block, ref position, out var value, out var isHuffman))
            {
                return;
            }

            if (name == AuthorityName)
            {
                Mend(value, isHuffman);
                return;
            }
        }
    }

    private static void Mend(Span<byte> value, bool isHuffman)
    {
        if (isHuffman)
        {
            MendHuffman(value);
        }
        else if (value.StartsWith("http://"u8))
        {
            "x--"u8.CopyTo(value[4..]);
        }
        else if (value.StartsWith("https://"u8))
        {
            "x--"u8.CopyTo(value[5..]);
        }
    }

    private static void MendHuffman(Span<byte> value)
    {
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        start.Clear();
        value[..Math.Min(start.Length, value.Length)].CopyTo(start);
        var bits = BinaryPrimitives.ReadUInt64BigEndian(start);
        bits = Mend(Mend(bits, HttpCode, HttpBits), HttpsCode, HttpsBits);
        BinaryPrimitives.WriteUInt64BigEndian(start, bits);
        start[..Math.Min(start.Length, value.Length)].CopyTo(value);
    }

    private static ulong Mend(ulong bits, ulong scheme, int schemeBits)
    {
        var shift = 64 - schemeBits - SchemeEndBits;
        var isUrl = bits >> shift == ((scheme << SchemeEndBits) | SchemeEndCode);
        return isUrl ? bits ^ ((SchemeEndCode ^ MendedCode) << shift) : bits;
    }

    private static bool TryReadString(Span<byte> block, ref int position, out Span<byte> value, out bool isHuffman)
    {
        value = default;
        isHuffman = position < block.Length && (block[position] & 0x80) != 0;
        if (!TryReadInteger(block, ref position, prefixBits: 7, out var length) || length > block.Length - position)
        {
            return false;
        }

        value = block.Slice(position, length);
        position += length;
        return true;
    }

    private static bool TryReadInteger(Span<byte> block, ref int position, int prefixBits, out int value)
    {
        value = 0;
        if (position >= block.Length)
        {
            return false;
        }

        var prefixMax = (1 << prefixBits) - 1;
        value = block[position++] & prefixMax;
        if (value < prefixMax)
        {
            return true;
        }

        // Three more bytes reach two million, far above what a block may hold.
        for (var shift = 0; shift <= 14 && position < block.Length; shift += 7)
        {
            var next = block[position++];
            value += (next & 0x7f) << shift;
            if ((next & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
