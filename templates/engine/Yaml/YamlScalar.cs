using System.Globalization;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Yaml;

/// <summary>What a plain YAML scalar stands for.</summary>
/// <remarks>Source: YAML 1.1, "Tag repository", as far as go-yaml version 2 follows it.</remarks>
internal static class YamlScalar
{
    /// <summary>The value of a plain scalar: nothing, a boolean, a number, or the text itself.</summary>
    public static Value Read(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => default,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" or "y" or "Y" => Value.True,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" or "n" or "N" => Value.False,
        ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => Value.Of(double.PositiveInfinity),
        "-.inf" or "-.Inf" or "-.INF" => Value.Of(double.NegativeInfinity),
        ".nan" or ".NaN" or ".NAN" => Value.Of(double.NaN),
        "<<" => Value.Of(text),
        _ => Number(text) ?? Value.Of(text),
    };

    private static Value? Number(string text)
    {
        if (!char.IsAsciiDigit(text[0]) && !(text.Length > 1 && text[0] is '-' or '+' or '.'))
        {
            return null;
        }

        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (NumberText.TrySigned(plain, out var integer))
        {
            return Value.Of(integer);
        }

        if (NumberText.TryUnsigned(plain, out var unsigned))
        {
            return Value.OfBits(GoType.Uint64, unchecked((long)unsigned));
        }

        return plain.All(symbol => char.IsAsciiDigit(symbol) || symbol is '+' or '-' or '.' or 'e' or 'E')
            && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Value.Of(number) : null;
    }
}
