using System.Globalization;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Consul;

/// <summary>
/// consul-template's arithmetic over numbers of any kind, whose operands come in reverse so that the first can be piped:
/// <c>add subtract multiply divide modulo minimum maximum</c>; and <c>parseBool parseFloat parseInt parseUint</c>.
/// </summary>
/// <remarks>Source: consul-template, <c>docs/templating-language.md</c>.</remarks>
internal static class CalculationFunctions
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Function> All { get; } =
    [
        Of("add", static (left, right) => unchecked(left + right), static (left, right) => unchecked(left + right), static (left, right) => left + right),
        Of("subtract", static (left, right) => unchecked(left - right), static (left, right) => unchecked(left - right), static (left, right) => left - right),
        Of("multiply", static (left, right) => unchecked(left * right), static (left, right) => unchecked(left * right), static (left, right) => left * right),
        Of("divide", Divide, static (left, right) => right == 0 ? throw ByZero() : left / right, static (left, right) => left / right),
        Of("modulo", Modulo, static (left, right) => right == 0 ? throw ByZero() : left % right, null),
        Choosing("minimum", static order => order < 0),
        Choosing("maximum", static order => order > 0),
        Function.Of("parseBool", [GoType.String], GoType.Bool, ParseBool),
        Function.Of("parseFloat", [GoType.String], GoType.Float64, ParseFloat),
        Function.Of("parseInt", [GoType.String], GoType.Int64,
            static (_, arguments) => Value.OfBits(GoType.Int64, ParseInteger(arguments[0], "parseInt"))),
        Function.Of("parseUint", [GoType.String], GoType.Uint64, ParseUnsigned),
    ];

    /// <summary>Reads a decimal integer; an empty text is 0.</summary>
    /// <param name="value">The text.</param>
    /// <param name="caller">The function that error texts name.</param>
    /// <exception cref="FunctionException">It is none, or does not fit 64 bits.</exception>
    internal static long ParseInteger(in Value value, string caller)
    {
        var text = value.Text;
        if (text.Length == 0)
        {
            return 0;
        }

        var digits = text[0] is '-' or '+' ? text[1..] : text;
        return digits.Length == 0 || !digits.All(char.IsAsciiDigit) ? throw Malformed(caller, "ParseInt", value, "invalid syntax")
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
            : throw Malformed(caller, "ParseInt", value, "value out of range");
    }

    private static Function Of(string name, Func<long, long, long> ofSigned, Func<ulong, ulong, ulong> ofUnsigned,
        Func<double, double, double>? ofFloats) =>
        Function.Of(name, [GoType.Any, GoType.Any], GoType.Any, (_, arguments) =>
        {
            var (right, left) = (arguments[0], arguments[1]);
            Require(name, left, ofFloats is not null);
            Require(name, right, ofFloats is not null);
            if (ofFloats is not null && (left.DynamicKind.IsFloat || right.DynamicKind.IsFloat))
            {
                return Value.Of(ofFloats(AsFloat(left), AsFloat(right)));
            }

            return left.DynamicKind.IsUnsigned && right.DynamicKind.IsUnsigned
                ? Value.OfBits(GoType.Uint64, unchecked((long)ofUnsigned(left.Uint, right.Uint)))
                : Value.OfBits(GoType.Int64, ofSigned(left.Int, right.Int));
        });

    // The chosen number keeps its kind, whatever the other one is.
    private static Function Choosing(string name, Func<int, bool> takesLeft) =>
        Function.Of(name, [GoType.Any, GoType.Any], GoType.Any, (_, arguments) =>
        {
            var (right, left) = (arguments[0], arguments[1]);
            Require(name, left, floats: true);
            Require(name, right, floats: true);
            return Widened(takesLeft(Order(left, right)) ? left : right);
        });

    private static int Order(in Value left, in Value right) =>
        left.DynamicKind.IsFloat || right.DynamicKind.IsFloat ? AsFloat(left).CompareTo(AsFloat(right))
        : left.DynamicKind.IsUnsigned && right.DynamicKind.IsUnsigned ? left.Uint.CompareTo(right.Uint)
        : left.Int.CompareTo(right.Int);

    private static Value Widened(in Value number) =>
        number.DynamicKind.IsFloat ? Value.Of(number.Float)
        : Value.OfBits(number.DynamicKind.IsUnsigned ? GoType.Uint64 : GoType.Int64, number.Int);

    private static void Require(string name, in Value value, bool floats)
    {
        if (!value.DynamicKind.IsInteger && !(floats && value.DynamicKind.IsFloat))
        {
            using var shown = new TextBuffer(1_000_000);
            Directives.Print(shown, "%q (%T)"u8, [value, value]);
            throw new FunctionException($"{name}: unknown type for {ByteText.Decode(shown.Written)}");
        }
    }

    private static double AsFloat(in Value value) =>
        value.DynamicKind.IsFloat ? value.Float : value.DynamicKind.IsUnsigned ? value.Uint : value.Int;

    private static FunctionException ByZero() => new("runtime error: integer divide by zero");

    private static long Divide(long left, long right) =>
        right == 0 ? throw ByZero() : right == -1 ? unchecked(-left) : left / right;

    private static long Modulo(long left, long right) => right == 0 ? throw ByZero() : right == -1 ? 0 : left % right;

    private static Value ParseBool(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        try
        {
            return arguments[0].Length == 0 ? Value.False : TextFunctions.ParseBool(scope, arguments);
        }
        catch (FunctionException fault)
        {
            throw new FunctionException($"parseBool: {fault.Message}");
        }
    }

    private static Value ParseFloat(RenderScope scope, ReadOnlySpan<Value> arguments) =>
        arguments[0].Length == 0 ? Value.Of(0.0)
        : NumberText.TryFloat(arguments[0].Text, out var number) ? Value.Of(number)
        : throw Malformed("parseFloat", "ParseFloat", arguments[0],
            double.TryParse(arguments[0].Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
                ? "value out of range"
                : "invalid syntax");

    private static Value ParseUnsigned(RenderScope scope, ReadOnlySpan<Value> arguments)
    {
        var text = arguments[0].Text;
        return text.Length == 0 ? Value.Zero(GoType.Uint64)
            : !text.All(char.IsAsciiDigit) ? throw Malformed("parseUint", "ParseUint", arguments[0], "invalid syntax")
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? Value.OfBits(GoType.Uint64, unchecked((long)number))
                : throw Malformed("parseUint", "ParseUint", arguments[0], "value out of range");
    }

    private static FunctionException Malformed(string caller, string reader, in Value text, string reason) =>
        new($"{caller}: strconv.{reader}: parsing {QuotedText.Quote(text.String)}: {reason}");
}
