using System.Globalization;
using Sync.Templates.Formatting;

namespace Sync.Templates.GoText;

/// <summary>Cuts the text of a Go template into tokens, one at a time.</summary>
/// <remarks>Source: Go package text/template, "Text and spaces" and "Arguments", as of 1.19.</remarks>
internal sealed class Lexer
{
    private const int EndOfText = -1;
    private const int TrimMarkerLength = 2;

    private readonly byte[] _text;
    private readonly byte[] _left;
    private readonly byte[] _right;
    private int _position;
    private int _start;
    private int _line = 1;
    private int _lineCountedTo;
    private int _parenthesisDepth;
    private State _state = State.Text;
    private Token _last;

    /// <summary>A lexer at the start of a text.</summary>
    /// <param name="text">The whole template.</param>
    /// <param name="left">What opens an action.</param>
    /// <param name="right">What closes an action.</param>
    public Lexer(byte[] text, byte[] left, byte[] right) => (_text, _left, _right) = (text, left, right);

    private enum State
    {
        Text,
        LeftDelimiter,
        InsideAction,
        RightDelimiter,
        Done,
    }

    /// <summary>The next token. After an error or the end of the text, that same token again.</summary>
    public Token Next()
    {
        Token? token;
        do
        {
            token = _state switch
            {
                State.Text => LexText(),
                State.LeftDelimiter => LexLeftDelimiter(),
                State.InsideAction => LexInsideAction(),
                State.RightDelimiter => LexRightDelimiter(),
                State.Done => _last,
            };
        }
        while (token is null);

        return token.Value;
    }

    private Token? LexText()
    {
        var found = _text.AsSpan(_position).IndexOf(_left);
        if (found < 0)
        {
            _position = _text.Length;
            if (_position > _start)
            {
                return Emit(TokenKind.Text);
            }

            _last = Emit(TokenKind.EndOfText);
            _state = State.Done;
            return _last;
        }

        var open = _position + found;
        var end = open;
        if (HasLeftTrimMarker(open + _left.Length))
        {
            while (end > _start && IsSpace(_text[end - 1]))
            {
                end--;
            }
        }

        _state = State.LeftDelimiter;
        Token? text = null;
        if (end > _start)
        {
            _position = end;
            text = Emit(TokenKind.Text);
        }

        _position = open;
        Ignore();
        return text;
    }

    private Token? LexLeftDelimiter()
    {
        _position += _left.Length;
        var markerLength = HasLeftTrimMarker(_position) ? TrimMarkerLength : 0;
        if (_text.AsSpan(_position + markerLength).StartsWith("/*"u8))
        {
            _position += markerLength;
            Ignore();
            return LexComment();
        }

        var token = Emit(TokenKind.LeftDelimiter);
        _position += markerLength;
        Ignore();
        _parenthesisDepth = 0;
        _state = State.InsideAction;
        return token;
    }

    private Token? LexComment()
    {
        var close = _text.AsSpan(_position + 2).IndexOf("*/"u8);
        if (close < 0)
        {
            return Fail("unclosed comment");
        }

        _position += 2 + close + 2;
        if (!AtRightDelimiter(out var trims))
        {
            return Fail("comment ends before closing delimiter");
        }

        _position += (trims ? TrimMarkerLength : 0) + _right.Length;
        if (trims)
        {
            SkipSpaces();
        }

        Ignore();
        _state = State.Text;
        return null;
    }

    private Token? LexRightDelimiter()
    {
        var trims = HasRightTrimMarker(_position);
        if (trims)
        {
            _position += TrimMarkerLength;
            Ignore();
        }

        _position += _right.Length;
        var token = Emit(TokenKind.RightDelimiter);
        if (trims)
        {
            SkipSpaces();
            Ignore();
        }

        _state = State.Text;
        return token;
    }

    private Token? LexInsideAction()
    {
        if (AtRightDelimiter(out _))
        {
            if (_parenthesisDepth != 0)
            {
                return Fail("unclosed left paren");
            }

            _state = State.RightDelimiter;
            return null;
        }

        var rune = Take();
        switch (rune)
        {
            case EndOfText:
                return Fail("unclosed action");
            case ' ' or '\t' or '\r' or '\n':
                return LexSpace();
            case '=':
                return Emit(TokenKind.Assign);
            case ':':
                return Take() == '=' ? Emit(TokenKind.Declare) : Fail("expected :=");
            case '|':
                return Emit(TokenKind.Pipe);
            case '"':
                return LexQuoted('"', TokenKind.String, "unterminated quoted string");
            case '`':
                return LexRawString();
            case '$':
                return LexFieldOrVariable(TokenKind.Variable, TokenKind.Variable);
            case '\'':
                return LexQuoted('\'', TokenKind.CharConstant, "unterminated character constant");
            case '.' when _position < _text.Length && _text[_position] is < (byte)'0' or > (byte)'9':
                return LexFieldOrVariable(TokenKind.Field, TokenKind.Dot);
            case '.' or '+' or '-' or (>= '0' and <= '9'):
                _position = _start;
                return LexNumber();
            case '(':
                _parenthesisDepth++;
                return Emit(TokenKind.LeftParenthesis);
            case ')':
                _parenthesisDepth--;
                return Emit(TokenKind.RightParenthesis);
            case var _ when IsAlphaNumeric(rune):
                return LexIdentifier();
            case > ' ' and < 0x7F:
                return Emit(TokenKind.Char);
            default:
                return Fail($"unrecognized character in action: {QuotedText.CodePoint(rune)}");
        }
    }

    // The first space has been taken. A minus behind the last one may belong to the closing delimiter.
    private Token? LexSpace()
    {
        while (_position < _text.Length && IsSpace(_text[_position]))
        {
            _position++;
        }

        if (HasRightTrimMarker(_position - 1)
            && _text.AsSpan(_position - 1 + TrimMarkerLength).StartsWith(_right))
        {
            _position--;
            if (_position == _start)
            {
                _state = State.RightDelimiter;
                return null;
            }
        }

        return Emit(TokenKind.Space);
    }

    private Token LexIdentifier()
    {
        SkipAlphaNumerics();
        if (!AtTerminator())
        {
            return Fail($"bad character {QuotedText.CodePoint(Take())}");
        }

        return Emit(System.Text.Encoding.UTF8.GetString(_text.AsSpan(_start, _position - _start)) switch
        {
            "block" => TokenKind.Block,
            "break" => TokenKind.Break,
            "continue" => TokenKind.Continue,
            "define" => TokenKind.Define,
            "else" => TokenKind.Else,
            "end" => TokenKind.End,
            "if" => TokenKind.If,
            "nil" => TokenKind.Nil,
            "range" => TokenKind.Range,
            "template" => TokenKind.Template,
            "with" => TokenKind.With,
            "true" or "false" => TokenKind.Bool,
            _ => TokenKind.Identifier,
        });
    }

    private Token LexFieldOrVariable(TokenKind kind, TokenKind bareKind)
    {
        if (AtTerminator())
        {
            return Emit(bareKind);
        }

        SkipAlphaNumerics();
        return AtTerminator() ? Emit(kind) : Fail($"bad character {QuotedText.CodePoint(Take())}");
    }

    private Token LexQuoted(char quote, TokenKind kind, string unterminated)
    {
        while (true)
        {
            var rune = Take();
            if (rune == '\\')
            {
                rune = Take();
                if (rune is not (EndOfText or '\n'))
                {
                    continue;
                }
            }

            if (rune is EndOfText or '\n')
            {
                return Fail(unterminated);
            }

            if (rune == quote)
            {
                return Emit(kind);
            }
        }
    }

    private Token LexRawString()
    {
        while (true)
        {
            switch (Take())
            {
                case EndOfText:
                    return Fail("unterminated raw quoted string");
                case '`':
                    return Emit(TokenKind.RawString);
            }
        }
    }

    private Token LexNumber()
    {
        if (!ScanNumber())
        {
            return BadNumber();
        }

        if (Peek() is not ('+' or '-'))
        {
            return Emit(TokenKind.Number);
        }

        return ScanNumber() && _text[_position - 1] == 'i' ? Emit(TokenKind.Complex) : BadNumber();
    }

    private Token BadNumber() =>
        Fail($"bad number syntax: {QuotedText.Quote(_text.AsSpan(_start, _position - _start))}");

    private bool ScanNumber()
    {
        Accept("+-"u8);
        var digits = "0123456789_"u8;
        var (isDecimal, isHexadecimal) = (true, false);
        if (Accept("0"u8))
        {
            if (Accept("xX"u8))
            {
                digits = "0123456789abcdefABCDEF_"u8;
                (isDecimal, isHexadecimal) = (false, true);
            }
            else if (Accept("oO"u8))
            {
                digits = "01234567_"u8;
                isDecimal = false;
            }
            else if (Accept("bB"u8))
            {
                digits = "01_"u8;
                isDecimal = false;
            }
        }

        AcceptRun(digits);
        if (Accept("."u8))
        {
            AcceptRun(digits);
        }

        if ((isDecimal && Accept("eE"u8)) || (isHexadecimal && Accept("pP"u8)))
        {
            Accept("+-"u8);
            AcceptRun("0123456789_"u8);
        }

        Accept("i"u8);
        if (!IsAlphaNumeric(Peek()))
        {
            return true;
        }

        Take();
        return false;
    }

    private bool AtTerminator() => Peek() switch
    {
        EndOfText or ' ' or '\t' or '\r' or '\n' or '.' or ',' or '|' or ':' or ')' or '(' => true,
        _ => _text.AsSpan(_position).StartsWith(_right),
    };

    private bool AtRightDelimiter(out bool trims)
    {
        trims = HasRightTrimMarker(_position)
            && _text.AsSpan(_position + TrimMarkerLength).StartsWith(_right);
        return trims || _text.AsSpan(_position).StartsWith(_right);
    }

    private bool HasLeftTrimMarker(int position) =>
        position + 1 < _text.Length && _text[position] == '-' && IsSpace(_text[position + 1]);

    private bool HasRightTrimMarker(int position) =>
        position + 1 < _text.Length && IsSpace(_text[position]) && _text[position + 1] == '-';

    private void SkipSpaces()
    {
        while (_position < _text.Length && IsSpace(_text[_position]))
        {
            _position++;
        }
    }

    private void SkipAlphaNumerics()
    {
        while (IsAlphaNumeric(Peek()))
        {
            Take();
        }
    }

    private bool Accept(ReadOnlySpan<byte> valid)
    {
        if (_position < _text.Length && valid.Contains(_text[_position]))
        {
            _position++;
            return true;
        }

        return false;
    }

    private void AcceptRun(ReadOnlySpan<byte> valid)
    {
        while (Accept(valid))
        {
        }
    }

    private int Peek() => _position >= _text.Length ? EndOfText : Utf8Runes.Decode(_text.AsSpan(_position), out _);

    private int Take()
    {
        if (_position >= _text.Length)
        {
            return EndOfText;
        }

        var rune = Utf8Runes.Decode(_text.AsSpan(_position), out var length);
        _position += length;
        return rune;
    }

    private Token Emit(TokenKind kind)
    {
        var token = new Token(kind, _start, _position, LineOfStart());
        _start = _position;
        return token;
    }

    private void Ignore() => _start = _position;

    private Token Fail(string message)
    {
        _last = new Token(TokenKind.Error, _start, _position, LineOfStart(), message);
        _state = State.Done;
        return _last;
    }

    private int LineOfStart()
    {
        _line += _text.AsSpan(_lineCountedTo, _start - _lineCountedTo).Count((byte)'\n');
        _lineCountedTo = _start;
        return _line;
    }

    private static bool IsSpace(int symbol) => symbol is ' ' or '\t' or '\r' or '\n';

    private static bool IsAlphaNumeric(int rune) => rune switch
    {
        EndOfText => false,
        < 0x80 => char.IsAsciiLetterOrDigit((char)rune) || rune == '_',
        _ => CharUnicodeInfo.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber,
    };
}
