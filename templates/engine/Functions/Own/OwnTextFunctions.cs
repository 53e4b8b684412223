using System.Globalization;
using System.Net;
using System.Numerics;
using Sync.Templates.Formatting;
using Sync.Templates.Toml;
using Sync.Templates.Values;
using Sync.Templates.Yaml;

namespace Sync.Templates.Functions.Own;

/// <summary>
/// Our own functions over texts: <c>shellquote xmlEscape htmlEscape bytes cidrHost cidrNetmask cidrContains yaml toml toYaml
/// toToml file pairs</c>; and confd's <c>join</c> for lists of any scalars.
/// </summary>
internal static class OwnTextFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("shellquote", [GoType.String], GoType.String, static (_, arguments) => Value.Of(QuoteForShell(arguments[0].Text))),
        Function.Of("xmlEscape", [GoType.String], GoType.String, static (_, arguments) => Value.Of(arguments[0].Text
            .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal)
            .Replace("'", "&apos;", StringComparison.Ordinal))),
        // Go's html, for Scriban, where that name is an object of its own.
        Escapes.All.First(function => function.Name == "html") with { Name = "htmlEscape" },
        Function.Of("bytes", [GoType.String], GoType.Int, static (_, arguments) => Value.Of(Bytes(arguments[0].Text))),
        Function.Of("cidrHost", [GoType.String, GoType.Int], GoType.String,
            static (_, arguments) => Value.Of(HostOf(Network(arguments[0]), arguments[1].Int).ToString())),
        Function.Of("cidrNetmask", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(Netmask(Network(arguments[0])).ToString())),
        Function.Of("cidrContains", [GoType.String, GoType.String], GoType.Bool, static (_, arguments) =>
            Value.Of(IPAddress.TryParse(arguments[1].Text, out var address) && Network(arguments[0]).Contains(address))),
        Function.Of("yaml", [GoType.String], GoType.Any, static (_, arguments) => YamlDecoder.Decode(arguments[0].Text)),
        Function.Of("toml", [GoType.String], GoType.Map, static (_, arguments) => TomlDecoder.Decode(arguments[0].Text)),
        Function.Of("toYaml", [GoType.Any], GoType.String, static (scope, arguments) =>
        {
            using var text = scope.NewText();
            new YamlEncoder(text).Write(arguments[0]);
            return Value.Of(text.ToArray());
        }),
        Function.Of("toToml", [GoType.Any], GoType.String, static (scope, arguments) =>
        {
            using var text = scope.NewText();
            new TomlEncoder(text).Write(arguments[0]);
            return Value.Of(text.ToArray());
        }),
        Function.Of("file", [GoType.String], GoType.String, static (scope, arguments) =>
            scope.Host.ReadFile(arguments[0].Text) is { } content ? Value.Of(content.ToArray())
                : throw new FunctionException($"open {arguments[0].Text}: no such file or directory")) with { ReachesOutside = true },
        Function.Of("pairs", [GoType.Any], GoType.List, Pairs),
        Function.Of("join", [GoType.Any, GoType.String], GoType.String, Join),
    ];

    /// <summary>The texts of a list's elements with a separator between them.</summary>
    /// <exception cref="FunctionException">It is no list, or an element is a list, a map or nothing.</exception>
    internal static Value Join(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments[0].DynamicKind is not (Kind.Slice or Kind.Array))
        {
            throw new FunctionException($"wrong type for value; expected []string; got {arguments[0].DynamicType?.Name ?? "nil"}");
        }

        using var text = scope.NewText();
        var items = arguments[0].List.Items;
        for (var index = 0; index < items.Length; index++)
        {
            var item = items[index].WithoutInterface();
            if (item.DynamicKind is not (Kind.String or Kind.Bool) && !item.DynamicKind.IsInteger && !item.DynamicKind.IsFloat)
            {
                throw new FunctionException($"wrong type for element; expected string; got {item.DynamicType?.Name ?? "nil"}");
            }

            text.Write(index > 0 ? arguments[1].String : []);
            text.Write(item.DynamicKind == Kind.String ? item.String : scope.Print([item]));
        }

        return Value.Of(text.ToArray());
    }

    private static string QuoteForShell(string text) =>
        text.Length > 0 && text.All(symbol => char.IsAsciiLetterOrDigit(symbol) || "@%+=:,./-_".Contains(symbol, StringComparison.Ordinal))
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // 10, 10k, 10m, 10g, 10t: powers of 1024, also written 10kb or 10KiB.
    private static long Bytes(string text)
    {
        var trimmed = text.Trim().ToLowerInvariant();
        var number = trimmed.TrimEnd('b', 'i', 'k', 'm', 'g', 't', ' ');
        var power = trimmed[number.Length..].Trim().TrimEnd('b').TrimEnd('i') switch
        {
            "" => 0,
            "k" => 1,
            "m" => 2,
            "g" => 3,
            "t" => 4,
            _ => -1,
        };
        return power >= 0 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count)
            && count * Math.Pow(1024, power) < long.MaxValue
            ? (long)(count * Math.Pow(1024, power))
            : throw new FunctionException($"bytes: {QuotedText.Quote(text)} is no size; write it as 10, 10k, 10m, 10g or 10t");
    }

    private static IPNetwork Network(in Value text)
    {
        var parts = text.Text.Split('/');
        if (parts.Length == 2 && IPAddress.TryParse(parts[0], out var address)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            && length <= 8 * address.GetAddressBytes().Length)
        {
            return new IPNetwork(Masked(address, length), length);
        }

        throw new FunctionException($"{QuotedText.Quote(text.String)} is no network; write it as 10.0.0.0/8");
    }

    private static IPAddress Masked(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    private static IPAddress Netmask(IPNetwork network)
    {
        var bytes = new byte[network.BaseAddress.GetAddressBytes().Length];
        for (var bit = 0; bit < network.PrefixLength; bit++)
        {
            bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }

    // The host of a number; a negative one counts from the end.
    private static IPAddress HostOf(IPNetwork network, long number)
    {
        var start = network.BaseAddress.GetAddressBytes();
        var size = BigInteger.One << ((start.Length * 8) - network.PrefixLength);
        var place = number < 0 ? size + number : number;
        if (place < 0 || place >= size)
        {
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture, $"cidrHost: {network} has no host {number}"));
        }

        var address = (new BigInteger(start, isUnsigned: true, isBigEndian: true) + place).ToByteArray(isUnsigned: true, isBigEndian: true);
        var bytes = new byte[start.Length];
        address.CopyTo(bytes, bytes.Length - address.Length);
        return new IPAddress(bytes);
    }

    // Lists as (index, element), maps as (key, element), in order: what a range with two variables sees.
    private static Value Pairs(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var collection = arguments[0].Indirect(out _).WithoutInterface();
        var isMap = collection.DynamicKind == Kind.Map;
        if (!isMap && collection.DynamicKind is not (Kind.Slice or Kind.Array or Kind.Invalid))
        {
            throw new FunctionException($"pairs: neither a list nor a map: {collection.DynamicType?.Name}");
        }

        var pairs = new List<Value>(collection.Length);
        for (var index = 0; index < collection.Length; index++)
        {
            pairs.Add(Value.OfMap(
            [
                new("key"u8.ToArray(), isMap ? collection.Map.Keys[index] : Value.Of((long)index)),
                new("value"u8.ToArray(), isMap ? collection.Map.Elements[index] : collection.List[index]),
            ]));
        }

        return Value.OfList(pairs);
    }
}
