using System.Globalization;
using System.Numerics;
using System.Text;
using Sync.Templates.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Sync.Confd.Sources;

/// <summary>Keys from the text of a YAML or JSON file: each scalar becomes a key named by the way to it.</summary>
/// <remarks>
/// Maps give a segment a key, lists a segment an index. Null, empty maps, empty lists and integers beyond 64 bits
/// give nothing. Keys are taken as text, so that <c>on:</c> is the key <c>on</c>. Source: confd, the file backend;
/// YAML 1.2, the core schema.
/// </remarks>
internal static class KeyFile
{
    private const int DepthMax = 100;

    /// <summary>Flattens a file.</summary>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="text">Its content.</param>
    /// <returns>Keys in the order of the file; a key may come twice, and the later one counts.</returns>
    /// <exception cref="KeySourceException">The text is no YAML, its root is no map, or it is nested too deeply.</exception>
    public static IReadOnlyList<StoredKey> Flatten(string path, string text)
    {
        YamlNode? document;
        try
        {
            document = BoundedYaml.Root(text, DepthMax);
        }
        catch (YamlException fault)
        {
            throw new KeySourceException($"{path}:{fault.Start.Line}", $"not YAML or JSON: {fault.Message}", fault);
        }

        if (document is null)
        {
            return [];
        }

        if (document is not YamlMappingNode root)
        {
            throw new KeySourceException(path, "the root has to be a map of keys", cause: null);
        }

        var keys = new List<StoredKey>();
        try
        {
            Add(keys, "", root, depth: 1);
        }
        catch (FormatException fault)
        {
            throw new KeySourceException(path, fault.Message, fault);
        }

        return keys;
    }

    private static void Add(List<StoredKey> keys, string path, YamlNode node, int depth)
    {
        if (depth > DepthMax)
        {
            throw new FormatException("a map or list holds itself by an alias");
        }

        switch (node)
        {
            case YamlMappingNode map:
                foreach (var (key, value) in map.Children)
                {
                    Add(keys, $"{path}/{(key as YamlScalarNode)?.Value}", value, depth + 1);
                }

                break;
            case YamlSequenceNode list:
                for (var index = 0; index < list.Children.Count; index++)
                {
                    Add(keys, string.Create(CultureInfo.InvariantCulture, $"{path}/{index}"), list.Children[index], depth + 1);
                }

                break;
            case YamlScalarNode scalar when TextOf(scalar) is { } text:
                keys.Add(new StoredKey(Plan.Keys.KeyPath.Clean(path), Encoding.UTF8.GetBytes(text)));
                break;
        }
    }

    /// <summary>A scalar as confd prints it; null for what it drops.</summary>
    private static string? TextOf(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not ScalarStyle.Plain)
        {
            return text;
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => "true",
            "false" or "False" or "FALSE" => "false",
            _ when Integer(text) is { } number => number >= long.MinValue && number <= long.MaxValue
                ? number.ToString(CultureInfo.InvariantCulture)
                : null,
            _ when Float(text) is { } number => number,
            _ => text,
        };
    }

    private static BigInteger? Integer(string text)
    {
        var digits = text.TrimStart('+', '-');
        var isNegative = text.StartsWith('-');
        if (text.Length - digits.Length > 1 || digits.Length == 0)
        {
            return null;
        }

        BigInteger? value = digits switch
        {
            ['0', 'x', .. var hex] when hex.Length > 0 && hex.All(char.IsAsciiHexDigit) =>
                BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            ['0', 'o', .. var octal] when octal.Length > 0 && octal.All(digit => digit is >= '0' and <= '7') =>
                octal.Aggregate(BigInteger.Zero, (number, digit) => (number * 8) + (digit - '0')),
            _ when digits.All(char.IsAsciiDigit) => BigInteger.Parse(digits, CultureInfo.InvariantCulture),
            _ => null,
        };
        return isNegative ? -value : value;
    }

    // Plain decimals without an exponent, whatever their size: 1e21 is written out, 1.50 becomes 1.5.
    private static string? Float(string text)
    {
        var looksLikeNumber = text.All(character => char.IsAsciiDigit(character) || character is '.' or 'e' or 'E' or '+' or '-')
            && text.Any(char.IsAsciiDigit);
        if (!looksLikeNumber || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
        {
            return null;
        }

        return Plain(number.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>Writes <c>1.5E+21</c> without its exponent; other numbers as they are.</summary>
    private static string Plain(string number)
    {
        var mark = number.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            return number;
        }

        var sign = number[0] == '-' ? "-" : "";
        var mantissa = number[sign.Length..mark].Split('.');
        var digits = string.Concat(mantissa);
        var point = mantissa[0].Length + int.Parse(number[(mark + 1)..], CultureInfo.InvariantCulture);
        if (point <= 0)
        {
            return $"{sign}0.{new string('0', -point)}{digits}";
        }

        return point >= digits.Length
            ? sign + digits.PadRight(point, '0')
            : $"{sign}{digits[..point]}.{digits[point..]}";
    }
}
