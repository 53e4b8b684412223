using System.Globalization;
using Sync.Templates.Formatting;

namespace Sync.Templates.GoText;

/// <summary>The parser's view of the tokens: up to three can be put back.</summary>
/// <remarks>
/// Error texts name the line of the token read last from the lexer, looked ahead or not; the window keeps
/// that token in its first place.
/// </remarks>
internal sealed class TokenWindow(Lexer lexer, string name, byte[] text)
{
    private readonly Token[] _tokens = new Token[3];
    private int _peeked;

    /// <summary>The line on which the current action began, or 0 outside actions.</summary>
    public int ActionLine { get; set; }

    /// <summary>Takes the next token.</summary>
    public Token Next()
    {
        if (_peeked > 0)
        {
            _peeked--;
        }
        else
        {
            _tokens[0] = lexer.Next();
        }

        return _tokens[_peeked];
    }

    /// <summary>Puts the last token back.</summary>
    public void BackUp() => _peeked++;

    /// <summary>Puts back the last token and one before it.</summary>
    public void BackUp2(Token before)
    {
        _tokens[1] = before;
        _peeked = 2;
    }

    /// <summary>Puts back the last token and two before it.</summary>
    public void BackUp3(Token first, Token second)
    {
        _tokens[2] = first;
        _tokens[1] = second;
        _peeked = 3;
    }

    /// <summary>The next token, left in place.</summary>
    public Token Peek()
    {
        if (_peeked > 0)
        {
            return _tokens[_peeked - 1];
        }

        _peeked = 1;
        _tokens[0] = lexer.Next();
        return _tokens[0];
    }

    /// <summary>Takes the next token that is no space.</summary>
    public Token NextNonSpace()
    {
        Token token;
        do
        {
            token = Next();
        }
        while (token.Kind == TokenKind.Space);

        return token;
    }

    /// <summary>The next token that is no space, left in place; spaces before it are gone.</summary>
    public Token PeekNonSpace()
    {
        var token = NextNonSpace();
        BackUp();
        return token;
    }

    /// <summary>Takes the next token that is no space, which must be of a kind.</summary>
    public Token Expect(TokenKind kind, string context)
    {
        var token = NextNonSpace();
        return token.Kind == kind ? token : throw Unexpected(token, context);
    }

    /// <summary>The error for a token that cannot stand where it does.</summary>
    public SyntaxException Unexpected(Token token, string context)
    {
        if (token.Kind != TokenKind.Error)
        {
            return Fail($"unexpected {Show(token)} in {context}");
        }

        if (ActionLine == 0 || ActionLine == token.Line)
        {
            return Fail(token.Error);
        }

        // "unclosed action" is not said to be in an action once more.
        var place = token.Error.EndsWith(" action", StringComparison.Ordinal) ? " started" : " in action started";
        return Fail(string.Create(CultureInfo.InvariantCulture, $"{token.Error}{place} at {name}:{ActionLine}"));
    }

    /// <summary>The token read last from the lexer.</summary>
    public Token Latest => _tokens[0];

    /// <summary>An error at the current line, or at that of another token.</summary>
    public SyntaxException Fail(string message, Token? at = null)
    {
        var token = at ?? _tokens[0];
        var lineStart = text.AsSpan(0, token.Start).LastIndexOf((byte)'\n') + 1;
        return new SyntaxException(token.Line, token.Start - lineStart + 1, message);
    }

    private string Show(Token token)
    {
        var source = text.AsSpan(token.Start, token.End - token.Start);
        return token.Kind switch
        {
            TokenKind.EndOfText => "EOF",
            >= TokenKind.Block => $"<{ByteText.Decode(source)}>",
            _ when source.Length > 10 => QuotedText.Quote(FirstTen(source)) + "...",
            _ => QuotedText.Quote(source),
        };
    }

    private static ReadOnlySpan<byte> FirstTen(ReadOnlySpan<byte> source)
    {
        var rest = source;
        for (var count = 0; count < 10 && !rest.IsEmpty; count++)
        {
            rest = rest[Utf8Runes.Length(rest)..];
        }

        return source[..^rest.Length];
    }
}
