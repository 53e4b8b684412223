using System.Globalization;
using System.Text;
using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Patterns;

/// <summary>Reads regular expressions in Go's syntax.</summary>
/// <remarks>Source: Go package regexp/syntax, "Syntax", flags as <c>regexp.Compile</c> has them; error texts included.</remarks>
internal sealed class PatternParser
{
    private const int DepthMax = 1_000;
    private const int RepetitionsMax = 1_000;
    private const int NumberMax = 100_000_000;

    private readonly int[] _source;
    private readonly List<string> _groups = [""];
    private int _position;
    private int _depth;
    private Flags _flags;

    private PatternParser(int[] source) => _source = source;

    [Flags]
    private enum Flags
    {
        None = 0,
        FoldsCase = 1,
        IsMultiline = 2,
        DotIsAny = 4,
        IsLazy = 8,
    }

    private bool AtEnd => _position == _source.Length;

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="groups">The names of the groups by number, empty for those without; number 0 is the whole match.</param>
    /// <exception cref="FunctionException">The pattern is malformed.</exception>
    public static PatternNode Parse(ReadOnlySpan<byte> text, out IReadOnlyList<string> groups)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            throw Malformed("invalid UTF-8", ByteText.Decode(text));
        }

        var parser = new PatternParser([.. Encoding.UTF8.GetString(text).EnumerateRunes().Select(rune => rune.Value)]);
        var node = parser.ReadChoice();
        if (!parser.AtEnd)
        {
            throw Malformed("unexpected )", parser.Slice(0, parser._source.Length));
        }

        groups = parser._groups;
        return node;
    }

    private static FunctionException Malformed(string reason, string where) => new($"error parsing regexp: {reason}: `{where}`");

    private string Slice(int start, int end)
    {
        var slice = new StringBuilder();
        foreach (var rune in _source.AsSpan(start, end - start))
        {
            slice.Append(new Rune(rune).ToString());
        }

        return slice.ToString();
    }

    private bool StartsWith(string text, int offset = 0)
    {
        var start = _position + offset;
        for (var index = 0; index < text.Length; index++)
        {
            if (start + index >= _source.Length || _source[start + index] != text[index])
            {
                return false;
            }
        }

        return true;
    }

    private PatternNode ReadChoice()
    {
        if (++_depth > DepthMax || !StackRoom.IsLeft)
        {
            throw Malformed("expression nests too deeply", Slice(0, _source.Length));
        }

        var branches = new List<PatternNode> { ReadSequence() };
        while (StartsWith("|"))
        {
            _position++;
            branches.Add(ReadSequence());
        }

        _depth--;
        return branches.Count == 1 ? branches[0] : new PatternNode.Choice(branches);
    }

    private PatternNode ReadSequence()
    {
        var parts = new List<PatternNode>();
        var lastRepeatStart = -1;
        while (!AtEnd && _source[_position] is not ('|' or ')'))
        {
            var start = _position;
            if (ReadRepetition() is { } counts)
            {
                Repeat(parts, counts, start, lastRepeatStart);
                lastRepeatStart = start;
                continue;
            }

            lastRepeatStart = -1;
            ReadPart(parts);
        }

        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts);
    }

    private void Repeat(List<PatternNode> parts, (int Min, int? Max) counts, int start, int lastRepeatStart)
    {
        var operatorEnd = _position;
        var isLazy = _flags.HasFlag(Flags.IsLazy);
        if (StartsWith("?"))
        {
            _position++;
            isLazy = !isLazy;
        }

        if (lastRepeatStart >= 0)
        {
            throw Malformed("invalid nested repetition operator", Slice(lastRepeatStart, _position));
        }

        if (parts.Count == 0)
        {
            throw Malformed("missing argument to repetition operator", Slice(start, operatorEnd));
        }

        parts[^1] = new PatternNode.Repeat(parts[^1], counts.Min, counts.Max, isLazy);
    }

    // What may stand behind a part; null, and nothing read, when there is no such operator.
    private (int Min, int? Max)? ReadRepetition()
    {
        switch (_source[_position])
        {
            case '*':
                _position++;
                return (0, null);
            case '+':
                _position++;
                return (1, null);
            case '?':
                _position++;
                return (0, 1);
            case '{':
                return ReadCounts();
            default:
                return null;
        }
    }

    // {n}, {n,} or {n,m}; any other brace is a character.
    private (int Min, int? Max)? ReadCounts()
    {
        var start = _position++;
        int? max = null;
        if (ReadCount() is not { } min)
        {
            _position = start;
            return null;
        }

        if (!StartsWith(","))
        {
            max = min;
        }
        else
        {
            _position++;
            max = StartsWith("}") ? null : ReadCount() ?? -1;
        }

        if (!StartsWith("}") || max == -1)
        {
            _position = start;
            return null;
        }

        _position++;
        return min <= RepetitionsMax && (max is null || (max <= RepetitionsMax && max >= min))
            ? (min, max)
            : throw Malformed("invalid repeat count", Slice(start, _position));
    }

    // A decimal number without leading zeros; one that is far too large stays far too large.
    private int? ReadCount()
    {
        var start = _position;
        var number = 0L;
        while (!AtEnd && _source[_position] is >= '0' and <= '9')
        {
            number = Math.Min((number * 10) + _source[_position++] - '0', NumberMax);
        }

        return _position == start || (_position - start > 1 && _source[start] == '0') ? null : (int)number;
    }

    private void ReadPart(List<PatternNode> parts)
    {
        switch (_source[_position])
        {
            case '(':
                ReadGroup(parts);
                break;
            case '[':
                parts.Add(new PatternNode.One(ReadClass()));
                break;
            case '.':
                _position++;
                parts.Add(new PatternNode.One(_flags.HasFlag(Flags.DotIsAny) ? RuneSet.Any : RuneSet.AnyButLineFeed));
                break;
            case '^':
                _position++;
                parts.Add(new PatternNode.Place(_flags.HasFlag(Flags.IsMultiline) ? Boundary.LineStart : Boundary.TextStart));
                break;
            case '$':
                _position++;
                parts.Add(new PatternNode.Place(_flags.HasFlag(Flags.IsMultiline) ? Boundary.LineEnd : Boundary.TextEnd));
                break;
            case '\\':
                ReadBackslash(parts);
                break;
            default:
                parts.Add(Literal(_source[_position++]));
                break;
        }
    }

    private PatternNode.One Literal(int rune) => new(Folded(RuneSet.Of((rune, rune))));

    private RuneSet Folded(RuneSet set) => _flags.HasFlag(Flags.FoldsCase) ? set.Folded() : set;

    private void ReadGroup(List<PatternNode> parts)
    {
        var enclosing = _flags;
        var index = 0;
        if (!StartsWith("(?"))
        {
            _position++;
            _groups.Add("");
            index = _groups.Count - 1;
        }
        else if (StartsWith("(?P<") || StartsWith("(?<"))
        {
            ReadGroupName();
            index = _groups.Count - 1;
        }
        else if (!ReadFlags())
        {
            return;
        }

        var inner = ReadChoice();
        if (AtEnd)
        {
            throw Malformed("missing closing )", Slice(0, _source.Length));
        }

        _position++;
        _flags = enclosing;
        parts.Add(index > 0 ? new PatternNode.Group(index, inner) : inner);
    }

    private void ReadGroupName()
    {
        var start = _position;
        var nameStart = start + (StartsWith("(?P") ? 4 : 3);
        var end = Array.IndexOf(_source, '>', start);
        if (end < 0)
        {
            throw Malformed("invalid named capture", Slice(start, _source.Length));
        }

        var name = Slice(nameStart, end);
        if (name.Length == 0 || !name.All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol == '_'))
        {
            throw Malformed("invalid named capture", Slice(start, end + 1));
        }

        _groups.Add(name);
        _position = end + 1;
    }

    // (?flags) holds to the end of the group around it, (?flags: opens a group of its own.
    private bool ReadFlags()
    {
        var start = _position;
        var (flags, isOff, sawFlag) = (_flags, false, false);
        for (_position += 2; !AtEnd;)
        {
            var symbol = _source[_position++];
            var flag = symbol switch
            {
                'i' => Flags.FoldsCase,
                'm' => Flags.IsMultiline,
                's' => Flags.DotIsAny,
                'U' => Flags.IsLazy,
                _ => Flags.None,
            };
            if (flag != Flags.None)
            {
                flags = isOff ? flags & ~flag : flags | flag;
                sawFlag = true;
            }
            else if (symbol == '-' && !isOff)
            {
                (isOff, sawFlag) = (true, false);
            }
            else if (symbol is ':' or ')' && (!isOff || sawFlag))
            {
                _flags = flags;
                return symbol == ':';
            }
            else
            {
                throw Malformed("invalid or unsupported Perl syntax", Slice(start, _position));
            }
        }

        throw Malformed("invalid or unsupported Perl syntax", Slice(start, _source.Length));
    }

    private void ReadBackslash(List<PatternNode> parts)
    {
        Boundary? boundary = (_position + 1 < _source.Length ? _source[_position + 1] : 0) switch
        {
            'A' => Boundary.TextStart,
            'z' => Boundary.TextEnd,
            'b' => Boundary.Word,
            'B' => Boundary.NotWord,
            _ => null,
        };
        if (boundary is { } place)
        {
            _position += 2;
            parts.Add(new PatternNode.Place(place));
        }
        else if (StartsWith("\\Q"))
        {
            for (_position += 2; !AtEnd && !StartsWith("\\E");)
            {
                parts.Add(Literal(_source[_position++]));
            }

            _position = Math.Min(_position + 2, _source.Length);
        }
        else
        {
            parts.Add(ReadNamedSet() is { } set ? new PatternNode.One(set) : Literal(ReadEscape()));
        }
    }

    // \d and its kind, or \p; null, and nothing read, when something else stands here.
    private RuneSet? ReadNamedSet()
    {
        if (_position + 1 >= _source.Length || _source[_position] != '\\')
        {
            return null;
        }

        var letter = _source[_position + 1];
        if (letter is 'p' or 'P')
        {
            return ReadUnicodeSet(isNegated: letter == 'P');
        }

        var isNegated = letter is 'D' or 'S' or 'W';
        if (NamedSets.Perl(isNegated ? letter + ('a' - 'A') : letter) is not { } set)
        {
            return null;
        }

        _position += 2;
        return isNegated ? Folded(set).Negated() : Folded(set);
    }

    private RuneSet ReadUnicodeSet(bool isNegated)
    {
        var start = _position;
        if (start + 2 == _source.Length)
        {
            throw Malformed("invalid character class range", Slice(start, _source.Length));
        }

        var isBraced = _source[start + 2] == '{';
        var end = isBraced ? Array.IndexOf(_source, '}', start) : start + 2;
        if (end < 0)
        {
            throw Malformed("invalid character class range", Slice(start, _source.Length));
        }

        var name = isBraced ? Slice(start + 3, end) : Slice(end, end + 1);
        if (name.StartsWith('^'))
        {
            isNegated = !isNegated;
            name = name[1..];
        }

        _position = end + 1;
        var set = Folded(NamedSets.OfUnicode(name) ?? throw Malformed("invalid character class range", Slice(start, _position)));
        return isNegated ? set.Negated() : set;
    }

    private int ReadEscape()
    {
        var start = _position++;
        if (AtEnd)
        {
            throw Malformed("trailing backslash at end of expression", "");
        }

        var symbol = _source[_position++];
        var rune = symbol switch
        {
            >= '1' and <= '7' when AtEnd || _source[_position] is < '0' or > '7' => -1,
            >= '0' and <= '7' => ReadOctal(symbol - '0'),
            'x' => ReadHexadecimal(),
            'a' => '\a',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\v',
            < 0x80 when !char.IsAsciiLetterOrDigit((char)symbol) => symbol,
            _ => -1,
        };
        return rune >= 0 ? rune : throw Malformed("invalid escape sequence", Slice(start, _position));
    }

    private int ReadOctal(int number)
    {
        for (var digits = 1; digits < 3 && !AtEnd && _source[_position] is >= '0' and <= '7'; digits++)
        {
            number = (number * 8) + _source[_position++] - '0';
        }

        return number;
    }

    // Two digits, or any number of them in braces.
    private int ReadHexadecimal()
    {
        if (AtEnd)
        {
            return -1;
        }

        var first = _source[_position++];
        if (first != '{')
        {
            var second = AtEnd ? 0 : _source[_position++];
            return Digit(first) < 0 || Digit(second) < 0 ? -1 : (16 * Digit(first)) + Digit(second);
        }

        var number = -1;
        while (!AtEnd)
        {
            var symbol = _source[_position++];
            if (symbol == '}')
            {
                return number;
            }

            number = Digit(symbol) < 0 ? int.MaxValue : (Math.Max(number, 0) * 16) + Digit(symbol);
            if (number > RuneSet.RuneMax)
            {
                return -1;
            }
        }

        return -1;
    }

    private static int Digit(int symbol) =>
        symbol < 0x80 && char.IsAsciiHexDigit((char)symbol)
            ? int.Parse(((char)symbol).ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : -1;

    // A bracket that closes is a character when it stands first.
    private RuneSet ReadClass()
    {
        var start = _position++;
        var isNegated = StartsWith("^");
        _position += isNegated ? 1 : 0;
        var ranges = new List<(int First, int Last)>();
        for (var isFirst = true; AtEnd || _source[_position] != ']' || isFirst; isFirst = false)
        {
            if (ReadPosixSet() is { } posix)
            {
                ranges.AddRange(posix.Ranges);
            }
            else if (ReadNamedSet() is { } named)
            {
                ranges.AddRange(named.Ranges);
            }
            else
            {
                ranges.AddRange(ReadRange(start));
            }
        }

        _position++;
        var set = RuneSet.Of(ranges);
        return isNegated ? set.Negated() : set;
    }

    private RuneSet? ReadPosixSet()
    {
        if (!StartsWith("[:"))
        {
            return null;
        }

        var end = _position + 2;
        while (end + 1 < _source.Length && !(_source[end] == ':' && _source[end + 1] == ']'))
        {
            end++;
        }

        if (end + 1 >= _source.Length)
        {
            return null;
        }

        var whole = Slice(_position, end + 2);
        var isNegated = StartsWith("^", 2);
        var name = Slice(_position + (isNegated ? 3 : 2), end);
        _position = end + 2;
        var set = Folded(NamedSets.OfPosix(name) ?? throw Malformed("invalid character class range", whole));
        return isNegated ? set.Negated() : set;
    }

    private IEnumerable<(int First, int Last)> ReadRange(int classStart)
    {
        var start = _position;
        var first = ReadMember(classStart);
        var last = first;
        if (StartsWith("-") && _position + 1 < _source.Length && _source[_position + 1] != ']')
        {
            _position++;
            last = ReadMember(classStart);
            if (last < first)
            {
                throw Malformed("invalid character class range", Slice(start, _position));
            }
        }

        return Folded(RuneSet.Of((first, last))).Ranges;
    }

    private int ReadMember(int classStart)
    {
        if (AtEnd)
        {
            throw Malformed("missing closing ]", Slice(classStart, _source.Length));
        }

        return _source[_position] == '\\' ? ReadEscape() : _source[_position++];
    }
}
