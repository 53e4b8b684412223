using Sync.Templates.Formatting;
using Sync.Templates.Values;

namespace Sync.Templates.Json;

/// <summary>Checks that a text is one JSON value.</summary>
/// <remarks>Source: RFC 8259; error texts as of Go package encoding/json 1.19.</remarks>
internal ref struct JsonSyntax(ReadOnlySpan<byte> text)
{
    private const int DepthMax = 10_000;

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly Stack<bool> _isObject = new();
    private int _position;

    /// <summary>Checks the whole text.</summary>
    /// <exception cref="FunctionException">It is malformed; the message names the first wrong character.</exception>
    public void Check()
    {
        Value();
        while (_isObject.Count > 0)
        {
            var symbol = Next();
            if (symbol == (_isObject.Peek() ? '}' : ']'))
            {
                _isObject.Pop();
            }
            else if (symbol != ',')
            {
                throw Invalid(symbol, _isObject.Peek() ? "after object key:value pair" : "after array element");
            }
            else if (_isObject.Peek())
            {
                Key(Next());
                Value();
            }
            else
            {
                Value();
            }
        }

        SkipSpace();
        if (_position < _text.Length)
        {
            throw Invalid(_text[_position], "after top-level value");
        }
    }

    // A scalar, or the beginning of an object or array up to its first scalar.
    private void Value()
    {
        while (true)
        {
            var symbol = Next();
            switch (symbol)
            {
                case (byte)'{':
                    Open(isObject: true);
                    symbol = Next();
                    if (symbol == '}')
                    {
                        _isObject.Pop();
                        return;
                    }

                    Key(symbol);
                    continue;
                case (byte)'[':
                    Open(isObject: false);
                    SkipSpace();
                    if (_position < _text.Length && _text[_position] == ']')
                    {
                        _position++;
                        _isObject.Pop();
                        return;
                    }

                    continue;
            }

            Scalar(symbol);
            return;
        }
    }

    private readonly void Open(bool isObject)
    {
        if (_isObject.Count >= DepthMax)
        {
            throw new FunctionException("exceeded max depth");
        }

        _isObject.Push(isObject);
    }

    private void Key(byte symbol)
    {
        if (symbol != '"')
        {
            throw Invalid(symbol, "looking for beginning of object key string");
        }

        String();
        symbol = Next();
        if (symbol != ':')
        {
            throw Invalid(symbol, "after object key");
        }
    }

    private void Scalar(byte symbol)
    {
        switch (symbol)
        {
            case (byte)'"':
                String();
                break;
            case (byte)'t':
                Literal("true"u8);
                break;
            case (byte)'f':
                Literal("false"u8);
                break;
            case (byte)'n':
                Literal("null"u8);
                break;
            case (byte)'-':
                var digit = TakeOrSpace();
                if (!char.IsAsciiDigit((char)digit))
                {
                    throw Invalid(digit, "in numeric literal");
                }

                Number(digit);
                break;
            case >= (byte)'0' and <= (byte)'9':
                Number(symbol);
                break;
            default:
                throw Invalid(symbol, "looking for beginning of value");
        }
    }

    private void Number(byte first)
    {
        if (first != '0')
        {
            SkipDigits();
        }

        if (_position < _text.Length && _text[_position] == '.')
        {
            _position++;
            Digit("after decimal point in numeric literal");
            SkipDigits();
        }

        if (_position < _text.Length && _text[_position] is (byte)'e' or (byte)'E')
        {
            _position++;
            if (_position < _text.Length && _text[_position] is (byte)'+' or (byte)'-')
            {
                _position++;
            }

            Digit("in exponent of numeric literal");
            SkipDigits();
        }
    }

    private void Digit(string context)
    {
        var symbol = TakeOrSpace();
        if (!char.IsAsciiDigit((char)symbol))
        {
            throw Invalid(symbol, context);
        }
    }

    private void SkipDigits()
    {
        while (_position < _text.Length && char.IsAsciiDigit((char)_text[_position]))
        {
            _position++;
        }
    }

    private void Literal(ReadOnlySpan<byte> word)
    {
        for (var index = 1; index < word.Length; index++)
        {
            var symbol = TakeOrSpace();
            if (symbol != word[index])
            {
                throw Invalid(symbol,
                    $"in literal {System.Text.Encoding.ASCII.GetString(word)} (expecting {Show(word[index])})");
            }
        }
    }

    private void String()
    {
        for (var symbol = Take(); symbol != '"'; symbol = Take())
        {
            if (symbol < ' ')
            {
                throw Invalid(symbol, "in string literal");
            }

            if (symbol != '\\')
            {
                continue;
            }

            symbol = TakeOrSpace();
            if (symbol == 'u')
            {
                for (var index = 0; index < 4; index++)
                {
                    symbol = TakeOrSpace();
                    if (!char.IsAsciiHexDigit((char)symbol))
                    {
                        throw Invalid(symbol, "in \\u hexadecimal character escape");
                    }
                }
            }
            else if (!"bfnrt\\/\""u8.Contains(symbol))
            {
                throw Invalid(symbol, "in string escape code");
            }
        }
    }

    private byte Next()
    {
        SkipSpace();
        return Take();
    }

    private byte Take() => _position < _text.Length
        ? _text[_position++]
        : throw new FunctionException("unexpected end of JSON input");

    // Inside a number, a word or an escape, the end of the text is reported as a space that cannot stand there.
    private byte TakeOrSpace() => _position < _text.Length ? _text[_position++] : (byte)' ';

    private void SkipSpace()
    {
        while (_position < _text.Length && _text[_position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            _position++;
        }
    }

    private static FunctionException Invalid(byte symbol, string context) =>
        new($"invalid character {Show(symbol)} {context}");

    // A byte is shown as the character of the same number.
    private static string Show(byte symbol)
    {
        using var shown = new TextBuffer(32);
        QuotedText.AppendRune(shown, symbol, asciiOnly: false);
        return symbol == '\'' ? "'\\''" : symbol == '"' ? "'\"'" : System.Text.Encoding.UTF8.GetString(shown.Written);
    }
}
