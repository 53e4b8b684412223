using System.Globalization;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>Standard base64 with padding, carriage returns and line feeds skipped.</summary>
/// <remarks>Source: Go package encoding/base64, StdEncoding; errors name the first wrong byte.</remarks>
internal static class Base64Text
{
    /// <summary>Decodes a text.</summary>
    /// <param name="text">The encoded text.</param>
    /// <param name="isUrl">Whether minus and underscore stand for plus and slash.</param>
    /// <exception cref="FunctionException">The text is malformed.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> text, bool isUrl = false)
    {
        var decoded = new List<byte>(text.Length * 3 / 4);
        Span<int> group = stackalloc int[4];
        var position = 0;
        while (true)
        {
            var filled = 0;
            while (filled < 4)
            {
                if (position == text.Length)
                {
                    if (filled == 0)
                    {
                        return [.. decoded];
                    }

                    throw Corrupt(position - filled);
                }

                var symbol = text[position++];
                if (symbol is (byte)'\r' or (byte)'\n')
                {
                    continue;
                }

                if (symbol == '=')
                {
                    ReadPadding(text, position, filled);
                    AddBytes(decoded, group[..filled]);
                    return [.. decoded];
                }

                group[filled] = Digit(symbol, isUrl);
                if (group[filled++] < 0)
                {
                    throw Corrupt(position - 1);
                }
            }

            AddBytes(decoded, group);
        }
    }

    private static void ReadPadding(ReadOnlySpan<byte> text, int position, int filled)
    {
        if (filled < 2)
        {
            throw Corrupt(position - 1);
        }

        if (filled == 2)
        {
            position = SkipLineEnds(text, position);
            if (position == text.Length)
            {
                throw Corrupt(text.Length);
            }

            if (text[position] != '=')
            {
                throw Corrupt(position - 1);
            }

            position++;
        }

        position = SkipLineEnds(text, position);
        if (position < text.Length)
        {
            throw Corrupt(position);
        }
    }

    private static int SkipLineEnds(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)'\r' or (byte)'\n')
        {
            position++;
        }

        return position;
    }

    private static void AddBytes(List<byte> decoded, ReadOnlySpan<int> digits)
    {
        var bits = 0;
        foreach (var digit in digits)
        {
            bits = (bits << 6) | digit;
        }

        bits <<= 6 * (4 - digits.Length);
        for (var index = 0; index < digits.Length - 1; index++)
        {
            decoded.Add((byte)(bits >> (16 - (8 * index))));
        }
    }

    private static int Digit(byte symbol, bool isUrl) => symbol switch
    {
        >= (byte)'A' and <= (byte)'Z' => symbol - 'A',
        >= (byte)'a' and <= (byte)'z' => symbol - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => symbol - '0' + 52,
        (byte)'+' when !isUrl => 62,
        (byte)'/' when !isUrl => 63,
        (byte)'-' when isUrl => 62,
        (byte)'_' when isUrl => 63,
        _ => -1,
    };

    private static FunctionException Corrupt(int position) =>
        new(string.Create(CultureInfo.InvariantCulture, $"illegal base64 data at input byte {position}"));
}
