using System.Collections.Concurrent;
using System.Globalization;

namespace Sync.Templates.Patterns;

/// <summary>The sets of characters that have names in patterns.</summary>
/// <remarks>Source: Go package regexp/syntax, "Syntax".</remarks>
internal static class NamedSets
{
    private static readonly ConcurrentDictionary<string, RuneSet> Unicode = new(StringComparer.Ordinal) { ["Any"] = RuneSet.Any };

    private static readonly Dictionary<string, RuneSet> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = RuneSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
        ["alpha"] = RuneSet.Of(('A', 'Z'), ('a', 'z')),
        ["ascii"] = RuneSet.Of((0, 0x7F)),
        ["blank"] = RuneSet.Of(('\t', '\t'), (' ', ' ')),
        ["cntrl"] = RuneSet.Of((0, 0x1F), (0x7F, 0x7F)),
        ["digit"] = RuneSet.Of(('0', '9')),
        ["graph"] = RuneSet.Of(('!', '~')),
        ["lower"] = RuneSet.Of(('a', 'z')),
        ["print"] = RuneSet.Of((' ', '~')),
        ["punct"] = RuneSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
        ["space"] = RuneSet.Of(('\t', '\r'), (' ', ' ')),
        ["upper"] = RuneSet.Of(('A', 'Z')),
        ["word"] = RuneSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')),
        ["xdigit"] = RuneSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
    };

    /// <summary>The set behind <c>\d</c>, <c>\s</c> or <c>\w</c>, all of ASCII; null for other letters.</summary>
    public static RuneSet? Perl(int letter) => letter switch
    {
        'd' => Posix["digit"],
        's' => RuneSet.Of(('\t', '\n'), ('\f', '\r'), (' ', ' ')),
        'w' => Posix["word"],
        _ => null,
    };

    /// <summary>The set behind <c>[:name:]</c>, or null.</summary>
    public static RuneSet? OfPosix(string name) => Posix.GetValueOrDefault(name);

    /// <summary>
    /// The set behind <c>\p{name}</c>: a general category of Unicode, such as <c>Lu</c>, all that begin with a letter, or a
    /// script, such as <c>Greek</c>; null for other names.
    /// </summary>
    public static RuneSet? OfUnicode(string name)
    {
        if (Unicode.TryGetValue(name, out var known))
        {
            return known;
        }

        // Names that are none are as many as templates make up; they are not kept.
        return Find(name) is { } found ? Unicode.GetOrAdd(name, found) : null;
    }

    private static RuneSet? Find(string name)
    {
        var wanted = Enum.GetValues<UnicodeCategory>()
            .Where(category => category != UnicodeCategory.OtherNotAssigned && (name == ShortName(category) || name == ShortName(category)[..1]))
            .ToHashSet();
        return wanted.Count == 0 ? UnicodeScripts.Find(name) : RuneSet.Of(Enumerable.Range(0, 0x110000)
            .Where(rune => wanted.Contains(CharUnicodeInfo.GetUnicodeCategory(rune))).Select(rune => (rune, rune)));
    }

    private static string ShortName(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        UnicodeCategory.OtherNotAssigned => "Cn",
    };
}
