using System.Numerics;
using System.Text.RegularExpressions;
using Scriban.Parsing;
using Scriban.Syntax;

namespace Sync.Templates.ScribanText;

/// <summary>
/// Bounds whole numbers, which Scriban has of any size: <c>1e999999999</c> would be worked out for hours while the template is
/// parsed, where no time limit counts.
/// </summary>
internal static partial class NumberLimit
{
    /// <summary>How many decimal digits a number may have; a few more where it is worked out.</summary>
    public const int DigitsMax = 10_000;

    private const int BitsMax = 4 * DigitsMax;

    /// <summary>The first number of a template that is written with too many digits.</summary>
    /// <param name="text">The template.</param>
    /// <param name="name">Its name, for the place.</param>
    /// <param name="mode">Whether it is text with code in it, or code alone.</param>
    /// <returns>The place; null when there is none.</returns>
    public static SourceSpan? Find(string text, string name, ScriptMode mode = ScriptMode.Default)
    {
        // Nearly no template has such a run of characters, and a second look costs as much as the first one.
        if (!LongNumber().IsMatch(text))
        {
            return null;
        }

        foreach (var token in new Lexer(text, name, new LexerOptions { Mode = mode }))
        {
            if (token.Type == TokenType.Integer && DigitsOf(text[token.Start.Offset..(token.End.Offset + 1)]) > DigitsMax)
            {
                return new SourceSpan(name, token.Start, token.End);
            }
        }

        return null;
    }

    /// <summary>Checks a template that is loaded or made while another one runs.</summary>
    /// <returns>The text.</returns>
    /// <exception cref="ScriptRuntimeException">It has a number that is too long.</exception>
    public static string Checked(string text, string name, ScriptMode mode = ScriptMode.Default) =>
        Find(text, name, mode) is { } place ? throw new ScriptRuntimeException(place, Message) : text;

    /// <summary>Whether a value is a number that is too long to go on with.</summary>
    public static bool Exceeds(object? value) => value is BigInteger number && number.GetBitLength() > BitsMax;

    /// <summary>What is said of a number that is too long.</summary>
    public static string Message => $"a whole number has more than {DigitsMax} digits";

    private static long DigitsOf(string number)
    {
        var exponent = number.IndexOfAny(['e', 'E']);
        if (exponent < 0)
        {
            return number.Length;
        }

        return int.TryParse(number.AsSpan(exponent + 1).TrimStart('+'), out var zeros) ? (long)exponent + zeros : long.MaxValue;
    }

    [GeneratedRegex(@"[0-9_]{10000}|[0-9_][eE]\+?[0-9_]{4}", RegexOptions.CultureInvariant)]
    private static partial Regex LongNumber();
}
