using System.Text;
using Sync.Templates.Functions;
using Sync.Templates.Values;

namespace Sync.Templates.Tests.Recorded;

/// <summary>confd's functions and those that exist for the corpus only.</summary>
internal static class TestFunctions
{
    public static IReadOnlyDictionary<string, Function> Table { get; } = FunctionTable.Of(
        Builtins.All, Comparisons.All, Escapes.All,
        KeyFunctions.All, TextFunctions.All, NumberFunctions.All, ListFunctions.All, DataFunctions.All,
        [
            Function.Of("fails", [GoType.String], GoType.String,
                (_, arguments) => throw new FunctionException(arguments[0].Text)),
            Function.Of("panics", [GoType.String], GoType.String,
                (_, arguments) => throw new FunctionException(arguments[0].Text)),
            Function.Of("nilv", [], GoType.Any, (_, _) => default),
            Function.Of("typeof", [GoType.Any], GoType.String,
                (_, arguments) => Value.Of(arguments[0].DynamicType?.Name ?? "<nil>")),
            Function.Of("ident", [GoType.Any], GoType.Any, (_, arguments) => arguments[0].In(Slot.Any)),
            Function.Variadic("sum", [GoType.Int], GoType.Int, Sum),
            Function.Of("half", [GoType.Float64], GoType.Float64, (_, arguments) => Value.Of(arguments[0].Float / 2)),
            Function.Of("bytesOf", [GoType.String], GoType.Bytes, (_, arguments) => Value.OfReference(GoType.Bytes,
                new ListValue([.. arguments[0].String.Select(symbol => Value.OfBits(GoType.Uint8, symbol))]))),
            Function.Of("u8", [GoType.Uint8], GoType.Uint8, (_, arguments) => arguments[0]),
            Function.Of("cx", [GoType.Complex128], GoType.Complex128, (_, arguments) => arguments[0]),
            Function.Of("neg", [GoType.Bool], GoType.Bool, (_, arguments) => Value.Of(!arguments[0].Bool)),
            Function.Variadic("strs", [GoType.String], GoType.Strings, (_, arguments) =>
                Value.OfReference(GoType.Strings, new ListValue(arguments.ToArray()))),
            Function.Of("ptrInt", [GoType.Int], GoType.PointerTo(GoType.Int), (_, arguments) =>
                Value.OfReference(GoType.PointerTo(GoType.Int), new Pointee(arguments[0]))),
            Function.Of("two", [GoType.String, GoType.String], GoType.String,
                (_, arguments) => Value.Of($"{arguments[0].Text}/{arguments[1].Text}")),
            Function.Variadic("opt", [GoType.String, GoType.String], GoType.String, Optional),
        ]);

    /// <summary>Whether the function of the recording program has an error as its second result.</summary>
    public static bool CanFail(string name) => name is "fails" or "parseBool" or "atoi" or "json" or "jsonArray" or "map"
        or "base64Decode" or "get" or "gets" or "getv" or "getvs";

    private static Value Sum(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var sum = 0L;
        foreach (var argument in arguments)
        {
            sum += argument.Int;
        }

        return Value.Of(sum);
    }

    private static Value Optional(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var rest = new StringBuilder();
        for (var index = 1; index < arguments.Length; index++)
        {
            rest.Append(index > 1 ? "," : "").Append(arguments[index].Text);
        }

        return Value.Of($"{arguments[0].Text}:{rest}");
    }
}
