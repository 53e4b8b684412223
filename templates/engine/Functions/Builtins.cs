using System.Globalization;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions;

/// <summary>The functions that belong to Go's template language itself.</summary>
/// <remarks>Source: Go package text/template, "Functions", as of 1.19.</remarks>
internal static class Builtins
{
    /// <summary>All of them, but the comparisons and escapes.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Function.Variadic("and", [GoType.Unchecked, GoType.Unchecked], GoType.Unchecked, Last)
            with { ShortCircuit = ShortCircuit.And },
        Function.Variadic("or", [GoType.Unchecked, GoType.Unchecked], GoType.Unchecked, Last)
            with { ShortCircuit = ShortCircuit.Or },
        Function.Of("not", [GoType.Unchecked], GoType.Bool, static (_, arguments) => Value.Of(!arguments[0].IsTrue)),
        Function.Of("len", [GoType.Unchecked], GoType.Int, Length),
        Function.Variadic("index", [GoType.Unchecked, GoType.Unchecked], GoType.Unchecked, Index),
        Function.Variadic("slice", [GoType.Unchecked, GoType.Unchecked], GoType.Unchecked, Slice),
        Function.Variadic("call", [GoType.Unchecked, GoType.Unchecked], GoType.Unchecked, Call),
        Function.Variadic("print", [GoType.Any], GoType.String,
            static (scope, arguments) => Value.Of(scope.Print(arguments))),
        Function.Variadic("println", [GoType.Any], GoType.String, PrintLine),
        Function.Variadic("printf", [GoType.String, GoType.Any], GoType.String,
            static (scope, arguments) => Value.Of(scope.PrintFormatted(arguments[0].String, arguments[1..]))),
    ];

    private static Value Last(RenderScope scope, ReadOnlySpan<Value> arguments) => arguments[^1];

    private static Value PrintLine(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        using var text = scope.NewText();
        new Printer(text).PrintLine(arguments);
        return Value.Of(text.ToArray());
    }

    private static Value Length(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var value = arguments[0].Indirect(out var isNil);
        if (isNil)
        {
            throw new FunctionException("len of nil pointer");
        }

        return value.Kind is Kind.String or Kind.Array or Kind.Chan or Kind.Map or Kind.Slice
            ? Value.Of((long)value.Length)
            : throw new FunctionException($"len of type {value.Type.Name}");
    }

    private static Value Index(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var item = arguments[0].WithoutInterface();
        if (!item.IsValid)
        {
            throw new FunctionException("index of untyped nil");
        }

        foreach (var argument in arguments[1..])
        {
            var index = argument.WithoutInterface();
            item = item.Indirect(out var isNil);
            if (isNil)
            {
                throw new FunctionException("index of nil pointer");
            }

            item = item.Kind switch
            {
                Kind.Array or Kind.Slice or Kind.String => Element(item, Position(index, item.Length)),
                Kind.Map => Entry(item, index),
                _ => throw new FunctionException($"can't index item of type {item.Type.Name}"),
            };
        }

        return item;
    }

    private static Value Element(in Value item, int position)
    {
        if (position >= item.Length)
        {
            var kind = item.Kind switch { Kind.Array => "array", Kind.String => "string", _ => "slice" };
            throw new FunctionException($"reflect: {kind} index out of range");
        }

        return item.Kind == Kind.String
            ? Value.OfBits(GoType.Uint8, item.String[position])
            : item.List[position];
    }

    private static Value Entry(in Value item, in Value index)
    {
        if (item.DynamicType is not { Key: { } keyType, Element: { } elementType })
        {
            throw new FunctionException("index of untyped map");
        }

        var element = item.Map.Find(Conversion.Prepare(index, keyType));
        return element.IsValid ? element : Value.Zero(elementType);
    }

    private static Value Slice(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var item = arguments[0].WithoutInterface();
        var indexes = arguments[1..];
        if (!item.IsValid)
        {
            throw new FunctionException("slice of untyped nil");
        }

        if (indexes.Length > 3)
        {
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture, $"too many slice indexes: {indexes.Length}"));
        }

        var capacity = item.Kind switch
        {
            Kind.String when indexes.Length == 3 => throw new FunctionException("cannot 3-index slice a string"),
            Kind.String => item.Length,
            Kind.Array or Kind.Slice => item.List.Capacity,
            _ => throw new FunctionException($"can't slice item of type {item.Type.Name}"),
        };
        var start = indexes.Length > 0 ? Position(indexes[0], capacity) : 0;
        var end = indexes.Length > 1 ? Position(indexes[1], capacity) : item.Length;
        var capacityEnd = indexes.Length > 2 ? Position(indexes[2], capacity) : capacity;
        RefuseBackwards(start, end);
        if (indexes.Length > 2)
        {
            RefuseBackwards(end, capacityEnd);
        }

        if (item.Kind == Kind.Array)
        {
            if (!item.IsAddressable)
            {
                throw new FunctionException("reflect.Value.Slice: slice of unaddressable array");
            }

            return Value.OfReference(GoType.SliceOf(item.Type.Element ?? GoType.Any), item.List.Slice(start, end, capacityEnd));
        }

        return item.Kind == Kind.String
            ? Value.Of(item.String[start..end]).As(item.Type)
            : Value.OfReference(item.Type, item.List.Slice(start, end, capacityEnd));
    }

    private static void RefuseBackwards(int start, int end)
    {
        if (start > end)
        {
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture, $"invalid slice index: {start} > {end}"));
        }
    }

    private static int Position(in Value index, int capacity)
    {
        if (!index.IsValid)
        {
            throw new FunctionException("cannot index slice/array with nil");
        }

        if (!index.Kind.IsInteger)
        {
            throw new FunctionException($"cannot index slice/array with type {index.Type.Name}");
        }

        return index.Int >= 0 && index.Int <= capacity
            ? (int)index.Int
            : throw new FunctionException(string.Create(CultureInfo.InvariantCulture, $"index out of range: {index.Int}"));
    }

    private static Value Call(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var callee = arguments[0].WithoutInterface();
        if (!callee.IsValid)
        {
            throw new FunctionException("call of nil");
        }

        if (callee.Reference is not Function function)
        {
            throw new FunctionException($"non-function of type {callee.Type.Name}");
        }

        var parameters = function.Type.Parameters;
        var given = arguments[1..];
        if (function.Type.IsVariadic ? given.Length < parameters.Count - 1 : given.Length != parameters.Count)
        {
            var want = function.Type.IsVariadic ? $"at least {parameters.Count - 1}" : $"{parameters.Count}";
            throw new FunctionException(string.Create(CultureInfo.InvariantCulture,
                $"wrong number of args: got {given.Length} want {want}"));
        }

        var prepared = new Value[given.Length];
        for (var index = 0; index < given.Length; index++)
        {
            try
            {
                var parameter = parameters[Math.Min(index, parameters.Count - 1)];
                prepared[index] = Conversion.Prepare(given[index].WithoutInterface(), parameter).WithoutInterface();
            }
            catch (FunctionException failure)
            {
                throw new FunctionException(string.Create(CultureInfo.InvariantCulture, $"arg {index}: {failure.Message}"));
            }
        }

        return function.Body(scope, prepared);
    }
}
