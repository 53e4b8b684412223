using System.Security.Cryptography;
using Sync.Templates.Json;
using Sync.Templates.Time;
using Sync.Templates.Toml;
using Sync.Templates.Values;
using Sync.Templates.Yaml;

namespace Sync.Templates.Functions.Consul;

/// <summary>
/// consul-template's encodings, hashes, data formats, environment and clock.
/// </summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>.</remarks>
internal static class EncodingFunctions
{
    private const string Rfc3339 = "2006-01-02T15:04:05Z07:00";

    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("base64Decode", [GoType.String], GoType.String, static (_, arguments) => Decode("base64Decode", arguments[0].String)),
        Function.Of("base64URLDecode", [GoType.String], GoType.String,
            static (_, arguments) => Decode("base64URLDecode", FromUrlAlphabet(arguments[0].String))),
        Function.Of("base64URLEncode", [GoType.String], GoType.String, static (scope, arguments) =>
            Value.Of(TextFunctions.EncodeBase64(scope, arguments).Text.Replace('+', '-').Replace('/', '_'))),
        Function.Of("sha256Hex", [GoType.String], GoType.String,
            static (_, arguments) => Value.Of(Convert.ToHexStringLower(SHA256.HashData(arguments[0].String)))),
        Function.Of("md5sum", [GoType.String], GoType.String, static (_, arguments) => Value.Of(Md5(arguments[0].String))),
        Function.Of("hmacSHA256Hex", [GoType.String, GoType.String], GoType.String, static (_, arguments) =>
            Value.Of(Convert.ToHexStringLower(HMACSHA256.HashData(arguments[1].String, arguments[0].String)))),
        Function.Of("parseJSON", [GoType.String], GoType.Any, static (_, arguments) => arguments[0].Length == 0
            ? Value.OfMap([]) : JsonDecoder.Decode(arguments[0].String, GoType.Any)),
        Function.Of("parseYAML", [GoType.String], GoType.Any, static (_, arguments) => arguments[0].Length == 0
            ? Value.OfMap([]) : YamlDecoder.Decode(arguments[0].Text)),
        Json("toJSON", isPretty: false, escapesMarkup: true),
        Json("toJSONPretty", isPretty: true, escapesMarkup: true),
        Json("toUnescapedJSON", isPretty: false, escapesMarkup: false),
        Json("toUnescapedJSONPretty", isPretty: true, escapesMarkup: false),
        Function.Of("toYAML", [GoType.Any], GoType.String, static (scope, arguments) =>
        {
            using var text = scope.NewText();
            new YamlEncoder(text).Write(arguments[0]);
            return Value.Of(ArgumentOrderFunctions.TrimSpace(text.Written));
        }),
        Function.Of("toTOML", [GoType.Any], GoType.String, static (scope, arguments) =>
        {
            using var text = scope.NewText();
            new TomlEncoder(text).Write(arguments[0]);
            return Value.Of(ArgumentOrderFunctions.TrimSpace(text.Written));
        }),
        Function.Variadic("timestamp", [GoType.String], GoType.String, Timestamp),
        Outside(Function.Of("env", [GoType.String], GoType.String,
            static (scope, arguments) => Value.Of(scope.Host.EnvironmentVariable(arguments[0].Text) ?? ""))),
        Outside(Function.Of("mustEnv", [GoType.String], GoType.String, static (scope, arguments) =>
            scope.Host.EnvironmentVariable(arguments[0].Text) is { } value ? Value.Of(value)
                : throw new FunctionException($"required environment variable {arguments[0].Text} is empty"))),
        Outside(Function.Of("envOrDefault", [GoType.String, GoType.String], GoType.String, static (scope, arguments) =>
            scope.Host.EnvironmentVariable(arguments[0].Text) is { } value ? Value.Of(value) : arguments[1])),
    ];

    private static Function Outside(Function function) => function with { ReachesOutside = true };

    private static Function Json(string name, bool isPretty, bool escapesMarkup) =>
        Function.Of(name, [GoType.Any], GoType.String, (scope, arguments) =>
        {
            using var text = scope.NewText();
            new JsonEncoder(text, isPretty, escapesMarkup).Write(arguments[0]);
            return Value.Of(text.ToArray());
        });

    private static Value Decode(string name, ReadOnlySpan<byte> text)
    {
        try
        {
            return Value.Of(Base64Text.Decode(text));
        }
        catch (FunctionException fault)
        {
            throw new FunctionException($"{name}: {fault.Message}");
        }
    }

    // The alphabet of the other base64 is no part of this one.
    private static byte[] FromUrlAlphabet(byte[] text) => Array.ConvertAll(text, symbol => symbol switch
    {
        (byte)'-' => (byte)'+',
        (byte)'_' => (byte)'/',
        (byte)'+' or (byte)'/' => (byte)'!',
        _ => symbol,
    });

#pragma warning disable CA5351 // The function's name promises this hash; it guards nothing.
    private static string Md5(byte[] text) => Convert.ToHexStringLower(MD5.HashData(text));
#pragma warning restore CA5351

    private static Value Timestamp(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length > 1)
        {
            throw new FunctionException($"timestamp: wrong number of arguments, expected 0 or 1, but got {arguments.Length}");
        }

        var now = TimeValue.Now(scope.Host.Clock) with { OffsetSeconds = 0, Location = TimeLocation.Utc };
        var layout = arguments.Length == 0 ? Rfc3339 : arguments[0].Text;
        return Value.Of(layout == "unix"
            ? now.UnixSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : TimeLayout.Format(now, layout));
    }
}
