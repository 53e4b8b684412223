using System.Globalization;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Functions.Extended;

/// <summary>A number, or a text that is one, as yunify's functions calculate with it.</summary>
/// <param name="IsFloat">Whether the number is a float; a text is one when it has a point.</param>
/// <param name="Int">The number when it is no float.</param>
/// <param name="Float">The number as a float.</param>
/// <remarks>Source: documentation of yunify/confd, "Template functions".</remarks>
internal readonly record struct YunifyNumber(bool IsFloat, long Int, double Float)
{
    /// <summary>Reads a value.</summary>
    /// <exception cref="FunctionException">It is no number.</exception>
    public static YunifyNumber Of(in Value value) => value.DynamicKind switch
    {
        Kind.String => OfText(value.Text),
        var kind when kind.IsFloat => new(true, 0, value.Float),
        var kind when kind.IsInteger => new(false, value.Int, value.Int),
        _ => throw new FunctionException("Can't apply the operator to the values"),
    };

    /// <summary>Reads a value for a comparison of equality.</summary>
    /// <returns>Null when it is no number.</returns>
    public static double? TryFloat(in Value value) => value.DynamicKind switch
    {
        Kind.String => NumberText.TryFloat(value.Text, out var number) ? number : null,
        var kind when kind.IsFloat => value.Float,
        var kind when kind.IsUnsigned => value.Uint,
        var kind when kind.IsSigned => value.Int,
        _ => null,
    };

    private static YunifyNumber OfText(string text)
    {
        if (text.Contains('.', StringComparison.Ordinal))
        {
            return NumberText.TryFloat(text, out var number) ? new(true, 0, number) : throw Malformed(text, "ParseFloat");
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
            ? new(false, integer, integer)
            : throw Malformed(text, "ParseInt");
    }

    private static FunctionException Malformed(string text, string reader) => new(
        $"Can't apply the operator to the value [{text}] ,err [strconv.{reader}: parsing {QuotedText.Quote(text)}: invalid syntax]");
}
