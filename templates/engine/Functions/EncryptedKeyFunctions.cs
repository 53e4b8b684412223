using Sync.Templates.Keys;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>confd's functions over encrypted values: <c>cget cgets cgetv cgetvs</c>.</summary>
/// <remarks>In no set unless it is asked for: they need a host that can decrypt. What they give is not to be shown. Source: documentation of confd 0.16, "Template functions".</remarks>
internal static class EncryptedKeyFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Of("cget", [GoType.String], GoType.KeyValue, static (scope, arguments) =>
            Decrypted(scope, KeyFunctions.Get(scope, arguments))),
        Function.Of("cgets", [GoType.String], GoType.KeyValues, static (scope, arguments) =>
            Value.OfReference(GoType.KeyValues, new ListValue([.. KeyFunctions.Matches(scope, arguments[0].String)
                .Select(index => Decrypted(scope, KeyFunctions.Pair(scope, index)))]))),
        Function.Of("cgetv", [GoType.String], GoType.String, static (scope, arguments) =>
            Value.Of(Decrypt(scope, KeyFunctions.GetValue(scope, arguments).String))),

        // In the order of the encrypted texts.
        Function.Of("cgetvs", [GoType.String], GoType.Strings, static (scope, arguments) =>
            Value.OfStrings(KeyFunctions.Matches(scope, arguments[0].String).Select(scope.ValueAt)
                .Order(ByteOrder.Instance).Select(value => Decrypt(scope, value)))),
    ];

    private static Value Decrypted(RenderScope scope, in Value pair) =>
        Value.OfReference(GoType.KeyValue, new[] { pair.Fields[0], Value.Of(Decrypt(scope, pair.Fields[1].String)) });

    private static byte[] Decrypt(RenderScope scope, byte[] value) => scope.Host.Decrypt is { } decrypt
        ? scope.Conceal(decrypt(value).ToArray())
        : throw new FunctionException("there is no keyring to decrypt values with");
}
