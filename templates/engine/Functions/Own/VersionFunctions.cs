using System.Text.RegularExpressions;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Own;

/// <summary>The functions of sprig over versions and addresses: <c>semver semverCompare urlParse</c>.</summary>
/// <remarks>Source: sprig's documentation; Go package net/url, function Parse.</remarks>
internal static partial class VersionFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("semver", [GoType.String], SemanticVersion.Type,
            static (_, arguments) => SemanticVersion.Parse(arguments[0].Text).ToValue()),
        Function.Of("semverCompare", [GoType.String, GoType.String], GoType.Bool, static (_, arguments) =>
            Value.Of(VersionConstraint.AreMet(arguments[0].Text, SemanticVersion.Parse(arguments[1].Text)))),
        Function.Of("urlParse", [GoType.String], GoType.Map, static (_, arguments) => ParseUrl(arguments[0].Text)),
    ];

    private static Value ParseUrl(string text)
    {
        var match = Url().Match(text);
        if (text.StartsWith(':') || text.Any(char.IsControl))
        {
            throw new FunctionException($"unable to parse url: parse {QuotedText.Quote(text)}: "
                + (text.StartsWith(':') ? "missing protocol scheme" : "net/url: invalid control character in URL"));
        }

        var rest = match.Groups["rest"].Value;
        var isOpaque = match.Groups["scheme"].Success && !match.Groups["host"].Success && !rest.StartsWith('/') && rest.Length > 0;
        var host = match.Groups["host"].Value;
        return Value.OfMap(
        [
            Entry("scheme", match.Groups["scheme"].Value.ToLowerInvariant()),
            Entry("host", host),
            Entry("hostname", Port().Replace(host, "").Trim('[', ']')),
            Entry("path", isOpaque ? "" : Uri.UnescapeDataString(rest)),
            Entry("query", match.Groups["query"].Value),
            Entry("opaque", isOpaque ? rest : ""),
            Entry("fragment", Uri.UnescapeDataString(match.Groups["fragment"].Value)),
            Entry("userinfo", match.Groups["user"].Value),
        ]);
    }

    private static KeyValuePair<byte[], Value> Entry(string name, string value) => new(ByteText.Encode(name), Value.Of(value));

    [GeneratedRegex(@"\A((?<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(//((?<user>[^/?#]*)@)?(?<host>[^/?#]*))?(?<rest>[^?#]*)(\?(?<query>[^#]*))?(#(?<fragment>.*))?\z",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Url();

    [GeneratedRegex(@":[0-9]*\z")]
    private static partial Regex Port();
}
